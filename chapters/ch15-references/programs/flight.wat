;; Flies stages that another module has built. It defines the same types with
;; names of its own, at indices of its own.
(module $flight
  (rec (type $step (sub (func (param i32) (result i32 (ref null $step))))))
  (type $end (sub final $step (func (param i32) (result i32 nullfuncref))))
  (type $fly (func (param i32) (result i32)))

  (import "stages" "booster" (func $booster (type $step)))
  (import "stages" "capsule" (func $capsule (type $step)))

  (table $shelf (export "shelf") 3 (ref null $step))
  (elem (table $shelf) (i32.const 0) (ref null $step)
    (ref.null $step) (ref.func $booster) (ref.func $capsule))

  ;; From the stage on the shelf, stage after stage, until there is none.
  (func (export "fly") (type $fly)
    (local $height i32)
    (local $stage (ref null $step))
    (local.set $stage (table.get $shelf (local.get 0)))
    (block $over (result i32)
      (loop $next (result i32)
        (local.get $height)
        (br_on_null $over (local.get $stage))
        (call_ref $step)
        (local.set $stage)
        (local.set $height)
        (br $next))))

  ;; One stage by its place on the shelf, whichever stage it is.
  (func (export "ignite") (type $fly)
    (call_indirect $shelf (type $step) (i32.const 0) (local.get 0))
    (drop))

  ;; The same, if it is a last stage.
  (func (export "land") (type $fly)
    (call_indirect $shelf (type $end) (i32.const 0) (local.get 0))
    (drop))

  ;; The same without a question, except whether it is null.
  (func (export "trust") (type $fly)
    (call_ref $step (i32.const 0) (table.get $shelf (local.get 0)))
    (drop))

  ;; Like `land`, but the question comes before the call.
  (func (export "insist") (type $fly)
    (call_ref $end (i32.const 0)
      (ref.cast (ref $end) (table.get $shelf (local.get 0))))
    (drop))

  ;; Like `fly`, but a last stage is not lit any more.
  (func (export "hover") (type $fly)
    (local $height i32)
    (local $stage (ref null $step))
    (local.set $stage (table.get $shelf (local.get 0)))
    (block $over (result i32)
      (loop $next (result i32)
        (local.get $height)
        (br_on_null $over (local.get $stage))
        (block $landing (param i32 (ref $step)) (result i32 (ref $end))
          (br_on_cast $landing (ref $step) (ref $end))
          (call_ref $step)
          (local.set $stage)
          (local.set $height)
          (br $next))
        (drop)
        (br $over)))))
