;; A loop that never ends by itself.
(module
  (func $spin (export "spin")
    loop $again
      br $again
    end))
