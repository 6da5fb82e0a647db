(module (func (export "same") (param externref) (result externref)
  (local.get 0)))
(assert_return (invoke "same" (ref.extern 1)) (ref.extern 1))
(assert_exception (invoke "same" (ref.extern 1)))
