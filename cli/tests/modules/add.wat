(module
  (memory (export "memory") 1 2)
  (func $add (export "add") (param $a i32) (param $b i32) (result i32)
    (i32.store (i32.const 16) (local.get $a))
    (i32.add (local.get $a) (local.get $b))))
