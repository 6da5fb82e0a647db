;; Writes a file to the standard output. Its path is the first argument. The
;; exit code is the number of an error, or 0.
(module
  (import "wasi_snapshot_preview1" "args_get"
    (func $args (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open" (func $open
    (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read"
    (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)

  (func $check (param $errno i32)
    (if (local.get $errno) (then (call $exit (local.get $errno)))))

  ;; How many bytes there are before the zero byte.
  (func $length (param $start i32) (result i32) (local $end i32)
    (local.set $end (local.get $start))
    (block $zero (loop $next
      (br_if $zero (i32.eqz (i32.load8_u (local.get $end))))
      (local.set $end (i32.add (local.get $end) (i32.const 1)))
      (br $next)))
    (i32.sub (local.get $end) (local.get $start)))

  (func (export "_start") (local $path i32) (local $file i32)
    ;; The pointers from 64 on, the words from 256 on.
    (call $check (call $args (i32.const 64) (i32.const 256)))
    (local.set $path (i32.load (i32.const 68)))
    ;; Directory 3, follow links, for reading; the descriptor comes to 16.
    (call $check (call $open (i32.const 3) (i32.const 1)
      (local.get $path) (call $length (local.get $path))
      (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 16)))
    (local.set $file (i32.load (i32.const 16)))
    ;; One part, from 4096 on.
    (i32.store (i32.const 0) (i32.const 4096))
    (block $end (loop $more
      (i32.store (i32.const 4) (i32.const 4096))
      (call $check (call $read
        (local.get $file) (i32.const 0) (i32.const 1) (i32.const 4)))
      (br_if $end (i32.eqz (i32.load (i32.const 4))))
      (call $check (call $write
        (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
      (br $more)))))
