;; Keeps a list of 10 MB, and makes garbage in small pieces.
(module $garbage
  (type $node (struct (field $value i64) (field $next (ref null $node))))
  (type $bytes (array (mut i8)))
  (global $kept (mut (ref null $node)) (ref.null $node))

  ;; Keeps n nodes of 16 bytes.
  (func (export "keep") (param $n i32)
    (loop $more
      (global.set $kept (struct.new $node (i64.extend_i32_u (local.get $n)) (global.get $kept)))
      (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))

  ;; Makes and drops n times a node of 16 bytes, and arrays of 48 and of 128 bytes.
  (func (export "drop") (param $n i32)
    (loop $more
      (drop (struct.new $node (i64.const 1) (global.get $kept)))
      (drop (array.new_default $bytes (i32.const 48)))
      (drop (array.new $bytes (i32.const 7) (i32.const 128)))
      (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))

  ;; The sum of what is kept.
  (func (export "sum") (result i64)
    (local $node (ref null $node)) (local $sum i64)
    (local.set $node (global.get $kept))
    (block $end
      (loop $more
        (br_if $end (ref.is_null (local.get $node)))
        (local.set $sum (i64.add (local.get $sum) (struct.get $node $value (local.get $node))))
        (local.set $node (struct.get $node $next (local.get $node)))
        (br $more)))
    (local.get $sum)))
