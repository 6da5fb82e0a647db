;; Two things in the sky, and a question about each: is it an enemy?
(module $sky
  (type $enemy (struct
    (field $lives (mut i8))
    (field $x (mut i32))
    (field $next (mut (ref null $enemy)))))
  (type $cloud (struct (field $x (mut i32))))

  (func $is_enemy (param $thing anyref) (result i32)
    (ref.test (ref $enemy) (local.get $thing)))

  (func (export "enemy") (result i32)
    (call $is_enemy
      (struct.new $enemy (i32.const 1) (i32.const 300) (ref.null $enemy))))
  (func (export "cloud") (result i32)
    (call $is_enemy (struct.new $cloud (i32.const 300)))))
