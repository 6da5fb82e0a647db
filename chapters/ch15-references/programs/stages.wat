;; The stages of a rocket. A stage is a function. It takes the height so far;
;; it leaves the new height and the stage that comes next, or null. So its type
;; names itself.
(module $stages
  (type $log (func (param i32)))
  (rec (type $stage (sub (func (param i32) (result i32 (ref null $stage))))))
  ;; After the last stage there is none, so it always leaves null.
  (type $last (sub final $stage (func (param i32) (result i32 nullfuncref))))

  (import "ground" "log" (func $log (type $log)))

  (func $booster (export "booster") (type $stage)
    (call $log (local.get 0))
    (i32.add (local.get 0) (i32.const 60))
    (ref.func $upper))

  (func $upper (export "upper") (type $stage)
    (call $log (local.get 0))
    (i32.add (local.get 0) (i32.const 110))
    (ref.func $capsule))

  (func $capsule (export "capsule") (type $last)
    (call $log (local.get 0))
    (i32.add (local.get 0) (i32.const 30))
    (ref.null nofunc))

  (elem declare func $upper $capsule))
