;; Reads the beginning of note.txt, sleeps for five seconds, and reads the rest.
(module
  (import "wasi_snapshot_preview1" "path_open" (func $open
    (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read"
    (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff"
    (func $poll (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "note.txt")

  ;; Copies so many bytes to the standard output. The one part is at 16.
  (func $copy (param $most i32)
    (i32.store (i32.const 16) (i32.const 4096))
    (i32.store (i32.const 20) (local.get $most))
    (drop (call $read (i32.load (i32.const 32))
      (i32.const 16) (i32.const 1) (i32.const 20)))
    (drop (call $write (i32.const 1)
      (i32.const 16) (i32.const 1) (i32.const 24))))

  (func (export "_start")
    ;; Directory 3, for reading; the descriptor comes to 32.
    (drop (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 8)
      (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 32)))
    (call $copy (i32.const 7))
    ;; Waits for clock 1 to move on by five billion nanoseconds.
    (i32.store (i32.const 80) (i32.const 1))
    (i64.store (i32.const 88) (i64.const 5000000000))
    (drop (call $poll
      (i32.const 64) (i32.const 128) (i32.const 1) (i32.const 24)))
    (call $copy (i32.const 4096))))
