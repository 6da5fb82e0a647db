;; Almost $stage, but without the word `sub`.
(module $rival
  (rec
    (type $step (func (param i32) (result i32 (ref null $step))))))
