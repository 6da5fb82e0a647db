;; Asks for more than it was granted. Each function returns an error's number.
(module
  (import "wasi_snapshot_preview1" "path_open" (func $open
    (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read"
    (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_tell"
    (func $tell (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_create_directory"
    (func $create (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_remove_directory"
    (func $remove (param i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "note.txtnew")
  ;; Two parts: 8 bytes at 4096, and 2 bytes at 4294967295.
  (data (i32.const 16) "\00\10\00\00\08\00\00\00\ff\ff\ff\ff\02\00\00\00")

  ;; Opens note.txt with these rights; the descriptor comes to 32.
  (func $note (param $rights i64) (result i32)
    (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 8)
      (i32.const 0) (local.get $rights) (i64.const 0) (i32.const 0)
      (i32.const 32)))

  ;; Reads into both parts. 34 is the right to read and to ask for the position.
  (func (export "read") (result i32)
    (drop (call $note (i64.const 34)))
    (call $read (i32.load (i32.const 32))
      (i32.const 16) (i32.const 2) (i32.const 40)))

  ;; How many bytes of the file have been read.
  (func (export "gone") (result i32)
    (drop (call $tell (i32.load (i32.const 32)) (i32.const 40)))
    (i32.load (i32.const 40)))

  ;; Makes a folder, and takes it away again.
  (func (export "folder") (result i32)
    (call $create (i32.const 3) (i32.const 8) (i32.const 3))
    (drop (call $remove (i32.const 3) (i32.const 8) (i32.const 3))))

  ;; Opens note.txt, and asks for the right to write it, which is 64.
  (func (export "open") (result i32) (call $note (i64.const 64)))

  ;; Writes the first part.
  (func (export "write") (result i32)
    (call $write (i32.load (i32.const 32))
      (i32.const 16) (i32.const 1) (i32.const 40))))
