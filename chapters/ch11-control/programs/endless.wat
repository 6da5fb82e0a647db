;; Two functions that do nothing but call each other.
(module
  (func $even (export "even") call $odd)
  (func $odd call $even))
