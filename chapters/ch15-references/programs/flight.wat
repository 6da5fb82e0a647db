;; Flies stages that somebody else has built. It says the same types in its own words, at indices of its own.
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

  ;; The same, if it is a last one.
  (func (export "land") (type $fly)
    (call_indirect $shelf (type $end) (i32.const 0) (local.get 0))
    (drop))

  ;; The same without a question, but whether it is null.
  (func (export "trust") (type $fly)
    (call_ref $step (i32.const 0) (table.get $shelf (local.get 0)))
    (drop)))
