;; Rings of nodes: each node knows the next one, and the last knows the first.
(module $rings
  (type $node (struct (field $value i32) (field $next (mut (ref null $node)))))
  (global $kept (mut (ref null $node)) (ref.null $node))

  ;; Makes a ring of n nodes with the values 0, 1, …, goes around it once and adds them up. Nobody keeps the ring.
  (func $ring (export "ring") (param $n i32) (result i32)
    (local $first (ref null $node)) (local $node (ref null $node)) (local $sum i32)
    (local.set $n (i32.sub (local.get $n) (i32.const 1)))
    (local.set $first (struct.new $node (local.get $n) (ref.null $node)))
    (local.set $node (local.get $first))
    (loop $more
      (if (local.get $n)
        (then
          (local.set $n (i32.sub (local.get $n) (i32.const 1)))
          (local.set $node (struct.new $node (local.get $n) (local.get $node)))
          (br $more))))
    ;; The last one's next is the first: a cycle.
    (struct.set $node $next (local.get $first) (local.get $node))
    (loop $around
      (local.set $sum (i32.add (local.get $sum) (struct.get $node $value (local.get $node))))
      (local.set $node (struct.get $node $next (local.get $node)))
      (br_if $around
        (i32.eqz (ref.eq (local.get $node) (struct.get $node $next (local.get $first))))))
    (local.get $sum))

  ;; Makes so many rings of 100 nodes.
  (func $rings (export "rings") (param $count i32)
    (loop $more
      (if (local.get $count)
        (then
          (drop (call $ring (i32.const 100)))
          (local.set $count (i32.sub (local.get $count) (i32.const 1)))
          (br $more)))))

  ;; Makes n nodes, and keeps them in a list that begins in the global.
  (func (export "keep") (param $n i32)
    (loop $more
      (if (local.get $n)
        (then
          (global.set $kept (struct.new $node (local.get $n) (global.get $kept)))
          (local.set $n (i32.sub (local.get $n) (i32.const 1)))
          (br $more)))))

  ;; Drops the list.
  (func (export "forget")
    (global.set $kept (ref.null $node)))

  ;; Makes a node for whoever calls.
  (func (export "node") (result (ref $node))
    (struct.new_default $node))

  ;; Makes garbage, so much that it has to be collected. Meanwhile the number lies on the operand stack.
  (func (export "meanwhile") (param $number i64)
    (call $rings (i32.const 1000)))

  ;; Makes an array of n bytes.
  (func (export "array") (param $n i32) (result i32)
    (array.len (array.new_default $bytes (local.get $n))))
  (type $bytes (array (mut i8))))
