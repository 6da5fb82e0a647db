;; Text in memory: the module shows where, and calls the host with it.
(module
  (import "env" "print" (func $print (param $pointer i32) (param $length i32)))
  (memory (export "memory") 1)
  (data (i32.const 8) "hello")
  (func (export "greet")
    (call $print (i32.const 8) (i32.const 5))))
