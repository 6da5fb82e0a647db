;; Almost $stage, but without the word `sub`: it has no subtypes.
(module $rival
  (rec (type $step (func (param i32) (result i32 (ref null $step)))))
  (import "stages" "booster" (func $booster (type $step))))
