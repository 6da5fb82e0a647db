;; The same types in another module, with other names and at other indices.
(module $flight
  (rec
    (type $step (sub (func (param i32) (result i32 (ref null $step))))))
  (type $end (sub final $step (func (param i32) (result i32 nullfuncref))))
  (type $fly (func (param i32) (result i32))))
