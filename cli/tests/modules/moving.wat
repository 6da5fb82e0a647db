;; Copies three bytes of its input and three of the file `note` of its first directory to its output,
;; goes round a loop a thousand times, sleeps for half a second, copies what is left of both, and exits
;; with 7.
(module
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open"
    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 64) "note")

  (func $check (param $errno i32)
    (if (local.get $errno) (then (call $exit (i32.add (i32.const 100) (local.get $errno))))))

  (func $copy (param $fd i32) (param $most i32)
    (i32.store (i32.const 8) (i32.const 4096))
    (i32.store (i32.const 12) (local.get $most))
    (call $check (call $read (local.get $fd) (i32.const 8) (i32.const 1) (i32.const 0)))
    (i32.store (i32.const 12) (i32.load (i32.const 0)))
    (call $check (call $write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 0))))

  (func (export "_start") (local $file i32) (local $round i32)
    (call $check (call $open (i32.const 3) (i32.const 1) (i32.const 64) (i32.const 4)
      (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 0)))
    (local.set $file (i32.load (i32.const 0)))
    (call $copy (i32.const 0) (i32.const 3))
    (call $copy (local.get $file) (i32.const 3))
    (loop $again
      (local.set $round (i32.add (local.get $round) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $round) (i32.const 1000))))
    ;; A clock, the monotonic one, in half a second.
    (i32.store (i32.const 144) (i32.const 1))
    (i64.store (i32.const 152) (i64.const 500000000))
    (call $check (call $poll (i32.const 128) (i32.const 256) (i32.const 1) (i32.const 0)))
    (call $copy (i32.const 0) (i32.const 1000))
    (call $copy (local.get $file) (i32.const 1000))
    (call $exit (i32.const 7))))
