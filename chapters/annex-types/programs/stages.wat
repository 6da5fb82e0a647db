;; The types of a rocket's stages. A stage is a function. It takes the height
;; so far; it leaves the new height, and the stage that comes next.
(module $stages
  (type $log (func (param i32)))
  (rec
    (type $stage (sub (func (param i32) (result i32 (ref null $stage))))))
  ;; After the last stage there is none, so it always leaves null.
  (type $last (sub final $stage (func (param i32) (result i32 nullfuncref)))))
