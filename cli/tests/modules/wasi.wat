;; Writes its arguments and its variables to the standard output, each with the zero byte at its end,
;; then what it reads, then the file `note` of its first directory; and exits with 7.
(module
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $env_sizes (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_get" (func $env (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open"
    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 64) "note")

  ;; Exits with the number of an error, if there is one.
  (func $check (param $errno i32)
    (if (local.get $errno) (then (call $exit (i32.add (i32.const 100) (local.get $errno))))))

  ;; Writes what is at 4096.
  (func $say (param $length i32)
    (i32.store (i32.const 8) (i32.const 4096))
    (i32.store (i32.const 12) (local.get $length))
    (call $check (call $write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 0))))

  (func $copy (param $fd i32)
    (i32.store (i32.const 8) (i32.const 4096))
    (i32.store (i32.const 12) (i32.const 1000))
    (call $check (call $read (local.get $fd) (i32.const 8) (i32.const 1) (i32.const 0)))
    (call $say (i32.load (i32.const 0))))

  (func (export "_start")
    (call $check (call $args_sizes (i32.const 0) (i32.const 4)))
    (call $check (call $args (i32.const 1024) (i32.const 4096)))
    (call $say (i32.load (i32.const 4)))
    (call $check (call $env_sizes (i32.const 0) (i32.const 4)))
    (call $check (call $env (i32.const 1024) (i32.const 4096)))
    (call $say (i32.load (i32.const 4)))
    (call $copy (i32.const 0))
    (call $check (call $open (i32.const 3) (i32.const 1) (i32.const 64) (i32.const 4)
      (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 0)))
    (call $copy (i32.load (i32.const 0)))
    (call $exit (i32.const 7))))
