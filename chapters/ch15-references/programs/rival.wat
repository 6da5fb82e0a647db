;; Says nearly the same type: but that it may have no subtypes.
(module $rival
  (rec (type $step (func (param i32) (result i32 (ref null $step)))))
  (import "stages" "booster" (func $booster (type $step))))
