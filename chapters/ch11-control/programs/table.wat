;; The callee is picked while the program runs, and its type is checked then.
(module
  (type $operator (func (param f64 f64) (result f64)))
  (table 5 funcref)
  (elem (i32.const 0) $add $multiply $half)
  (func $add (param f64 f64) (result f64) local.get 0 local.get 1 f64.add)
  (func $multiply (param f64 f64) (result f64) local.get 0 local.get 1 f64.mul)
  (func $half (param f64) (result f64) local.get 0 f64.const 2 f64.div)
  (func $apply (export "apply")
      (param $operator i32) (param $x f64) (param $y f64) (result f64)
    local.get $x
    local.get $y
    local.get $operator
    call_indirect (type $operator)))
