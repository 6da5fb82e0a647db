;; echo: prints its arguments, one space between them, and a line's end.
(module
  (import "wasi_snapshot_preview1" "args_sizes_get"
    (func $args_sizes_get (param $count i32) (param $size i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get"
    (func $args_get (param $list i32) (param $text i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param $fd i32) (param $parts i32) (param $count i32)
      (param $written i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))

  ;; At 0: how many arguments, how many bytes they have. Then, at 8, one part
  ;; for `fd_write`: where it begins, and its length. At 16: what was written.
  ;; The list of arguments is at 32, and their text comes after it.
  (memory (export "memory") 1)

  (func $check (param $errno i32)
    (if (local.get $errno) (then (call $proc_exit (local.get $errno)))))

  ;; Writes all the bytes from $from to $to. `fd_write` may write fewer.
  (func $print (param $from i32) (param $to i32)
    (loop $more
      (if (i32.lt_u (local.get $from) (local.get $to))
        (then
          (i32.store (i32.const 8) (local.get $from))
          (i32.store (i32.const 12) (i32.sub (local.get $to) (local.get $from)))
          (call $check (call $fd_write
            (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16)))
          (local.set $from
            (i32.add (local.get $from) (i32.load (i32.const 16))))
          (br $more)))))

  (func (export "_start") (local $text i32) (local $end i32) (local $at i32)
    (call $check (call $args_sizes_get (i32.const 0) (i32.const 4)))
    (local.set $text
      (i32.add (i32.const 32)
        (i32.mul (i32.const 4) (i32.load (i32.const 0)))))
    (local.set $end (i32.add (local.get $text) (i32.load (i32.const 4))))
    ;; The memory grows if one page is too small for the text.
    (if (i32.gt_u (local.get $end) (i32.const 65536))
      (then
        (if (i32.eq (i32.const -1)
              (memory.grow
                (i32.shr_u (local.get $end) (i32.const 16))))
          (then (call $proc_exit (i32.const 48))))))
    (call $check (call $args_get (i32.const 32) (local.get $text)))
    ;; Each argument ends with a zero: it becomes a space, and the last one
    ;; becomes the line's end. The first argument is the program's name.
    (local.set $text
      (if (result i32) (i32.gt_u (i32.load (i32.const 0)) (i32.const 1))
        (then (i32.load (i32.const 36)))
        (else
          (local.set $end (i32.add (i32.const 32) (i32.const 1)))
          (i32.const 32))))
    (local.set $at (local.get $text))
    (loop $next
      (if (i32.lt_u (local.get $at) (local.get $end))
        (then
          (if (i32.eqz (i32.load8_u (local.get $at)))
            (then (i32.store8 (local.get $at) (i32.const 32))))
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (br $next))))
    (i32.store8 (i32.sub (local.get $end) (i32.const 1)) (i32.const 10))
    (call $print (local.get $text) (local.get $end))))
