;; A module that has the host read and write its memory and call it back.
(module $coach
  (import "host" "shout" (func $shout (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "go, $player!")
  (export "shout" (func $pep_talk))
  (func $pep_talk (param $at i32) (param $length i32)
    local.get $at
    local.get $length
    call $shout)
  (func $louder (export "louder") (param $letter i32) (result i32)
    local.get $letter
    i32.const 97
    i32.lt_u
    if
      local.get $letter
      return
    end
    local.get $letter
    i32.const 32
    i32.sub))
