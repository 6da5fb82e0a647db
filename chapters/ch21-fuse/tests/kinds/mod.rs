//! A loop for each kind of operation that becomes a node.

/// The kind, and the body of a loop in which it is.
///
/// `$i` counts the turns, `$a` is an address below 256, and the rest is there
/// to be computed with.
pub const KINDS: &[(&str, &str)] = &[
    (
        "Unary",
        "(local.set $x (i32.add (local.get $i) (i32.clz (local.get $x))))
        (local.set $l (i64.popcnt (i64.add (local.get $l) (i64.const 3))))
        (local.set $f (f64.sqrt (f64.abs (f64.neg (local.get $f)))))
        (local.set $s (f32.floor (f32.convert_i32_s (local.get $i))))
        (local.set $x (i32.extend8_s (i32.trunc_sat_f32_s (local.get $s))))",
    ),
    (
        "Binary",
        "(local.set $l (i64.add (i64.const 1442695040888963407)
            (i64.mul (local.get $l) (i64.const 6364136223846793005))))
        (local.set $m (i64.sub (i64.const 0x123456789abc) (local.get $l)))
        (local.set $m (i64.rotl (local.get $m) (i64.const 7)))
        (local.set $x (i32.sub (i32.const 7) (local.get $x)))
        (local.set $x (i32.sub (i32.const -70000) (i32.popcnt (local.get $x))))
        (local.set $y (i32.shl (i32.const 1) (i32.clz (local.get $i))))
        (local.set $x (i32.div_s (local.get $x) (i32.const 3)))
        (local.set $x (i32.rem_u (i32.mul (local.get $x) (local.get $x))
            (i32.const 1000)))
        (local.set $f (f64.div (local.get $g) (f64.const 1.5)))
        (local.set $f (f64.max (f64.const 0.25) (f64.sqrt (local.get $f))))
        (local.set $s (f32.mul (f32.sqrt (local.get $s)) (f32.const 2.5)))
        (local.set $s (f32.min (local.get $s) (f32.nearest (local.get $s))))
        (local.set $y (i32.add (i32.const 3) (i32.const 4)))",
    ),
    (
        "Load",
        "(local.set $x (i32.load offset=4 (local.get $a)))
        (local.set $y (i32.load16_s offset=70000 (i32.const 8)))
        (local.set $l (i64.load32_u offset=2 (i32.clz (local.get $i))))
        (local.set $g (f64.load offset=512 (i32.const 0)))
        (local.set $s (f32.load offset=520 (local.get $z)))",
    ),
    (
        "Store",
        "(i32.store offset=4 (local.get $a) (local.get $i))
        (i32.store8 offset=9 (i32.const 0) (local.get $i))
        (i64.store (local.get $a) (i64.const 0x123456789abcdef0))
        (i64.store offset=80 (i32.const 0) (i64.const 0x123456789abcdef0))
        (i32.store16 (local.get $a) (i32.const -5))
        (f64.store offset=40 (local.get $a) (f64.add (local.get $f) (f64.const 1)))
        (f32.store offset=48 (i32.clz (local.get $i)) (local.get $s))
        (i32.store offset=56 (i32.const 0) (i32.ctz (local.get $i)))
        (local.set $x (i32.load (local.get $a)))",
    ),
    (
        "Copy",
        "(local.set $x (local.get $i))
        (local.set $l (i64.load (local.get $a)))
        (local.set $y (i32.const 70000))
        (i32.store (local.get $a) (local.get $y))
        (local.set $f (f64.const 1.25))
        (i32.store (local.get $a) (local.get $x))
        (local.set $x (local.tee $y (i32.clz (local.get $x))))",
    ),
    (
        "Select",
        "(local.set $x (select (local.get $i) (local.get $y)
            (i32.and (local.get $i) (i32.const 3))))
        (local.set $y (select (i32.const 5) (i32.const 70000) (local.get $x)))
        (local.set $l (select (i64.const -1) (local.get $l)
            (i32.lt_s (local.get $x) (i32.const 9))))",
    ),
    ("ZeroEight", "(local.set $x (local.get $eighth))"),
    (
        "GlobalGet",
        "(local.set $l (i64.add (global.get $long) (local.get $l)))
        (local.set $x (i32.mul (global.get $counter) (i32.const 3)))",
    ),
    (
        "GlobalSet",
        "(global.set $counter (i32.add (global.get $counter) (i32.const 1)))
        (global.set $long (i64.const 0x123456789abcdef0))
        (global.set $counter (local.get $i))
        (local.set $x (global.get $counter))",
    ),
    (
        "Br",
        "(block $out (block $in
            (br_if $in (local.get $x))
            (local.set $x (i32.const 1))
            (i32.store (local.get $a) (local.get $i))
            (br $out))
            (local.set $x (i32.const 0))
            (i32.store (local.get $a) (i32.const 3)))",
    ),
    (
        "BrIf",
        "(block $in
            (br_if $in (local.get $x))
            (local.set $y (i32.add (local.get $y) (i32.const 1))))
        (if (local.get $x) (then (local.set $x (i32.const 0)))
            (else (local.set $x (i32.const 1))
                (i32.store (local.get $a) (i32.const 3))))",
    ),
    (
        "BrIfLong",
        "(block $in
            (br_if $in (i64.eqz (local.get $l)))
            (local.set $l (i64.const -1)))
        (local.set $l (i64.add (local.get $l) (i64.const 0x100000000)))
        (if (i64.eqz (local.get $l)) (then (local.set $l (i64.const 7)))
            (else (i32.store (local.get $a) (i32.const 3))))",
    ),
    (
        "BrCompare",
        "(block $in
            (br_if $in (i32.gt_s (local.get $i) (local.get $n)))
            (br_if $in (i64.lt_u (local.get $l) (i64.const 2)))
            (br_if $in (f64.lt (local.get $f) (local.get $g)))
            (br_if $in (i32.eqz (f32.ge (local.get $s) (local.get $s))))
            (local.set $l (i64.const 1))
            (local.set $x (i32.const 9)))
        (if (f64.lt (local.get $g) (local.get $f))
            (then (local.set $x (i32.add (local.get $x) (i32.const 1)))))
        (local.set $f (f64.sub (local.get $f) (f64.const 1)))",
    ),
    (
        "BrTable",
        "(block $c (block $b (block $a
            (br_table $a $b $c $a (i32.and (local.get $i) (i32.const 7))))
            (local.set $x (i32.add (local.get $x) (i32.const 1)))
            (br $c))
            (local.set $x (i32.add (local.get $x) (i32.const 100))))",
    ),
    (
        "TableEntry",
        "(block $b (result i32) (block $a (result i32)
            (br_table $a $b (local.get $i) (i32.and (local.get $i) (i32.const 1))))
            (i32.add (i32.const 5)))
        (local.set $x)",
    ),
    (
        "End",
        "(block $a (br_table $a $a (i32.eqz (local.get $i))))
        (local.set $x (local.get $i))",
    ),
    (
        "Call",
        "(local.set $x (i32.add (local.get $x)
            (call $add (local.get $i) (call $add (i32.const 1) (local.get $i)))))
        (local.get $x)
        (i32.const 5)
        (local.set $x (call $add (local.get $i) (local.get $i)))
        (local.set $x (i32.add (i32.add (local.get $x))))
        (call $nothing)",
    ),
    (
        "CallHost",
        "(local.set $x (i32.add (i32.mul (local.get $x) (i32.const 3))
            (call $plain (local.get $i))))",
    ),
    (
        "CallIndirect",
        "(local.set $x (i32.add (local.get $x) (call_indirect (type $two)
            (local.get $i) (i32.const 3) (i32.and (local.get $i) (i32.const 1)))))",
    ),
    ("Return", "(call $nothing) (if (i32.lt_s (local.get $i) (i32.const 0)) (then return))"),
    ("ReturnOne", "(local.set $x (call $second (local.get $x) (local.get $i)))"),
    (
        "Leave",
        "(local.set $x (i32.add (memory.size) (local.get $i)))
        (local.set $x (i32.add (local.get $x) (memory.size)))",
    ),
    (
        "MemoryFill",
        "(memory.fill (i32.const 300) (local.get $i) (i32.const 7))
        (local.set $x (i32.load (i32.const 302)))",
    ),
    (
        "MemoryCopy",
        "(i32.store (i32.const 300) (local.get $i))
        (memory.copy (i32.const 301) (i32.const 300) (i32.const 7))
        (local.set $x (i32.load (i32.const 301)))",
    ),
    (
        "LoadIndexed",
        "(local.set $x (i32.load offset=8 (i32.add (local.get $a) (local.get $z))))
        (local.set $y (i32.load8_u (i32.add (local.get $a) (i32.const 12))))
        (local.set $g (f64.load offset=500 (i32.add (local.get $z) (i32.const 12))))
        (local.set $x (i32.xor (local.get $y) (i32.load (i32.add
            (i32.clz (local.get $i)) (local.get $z)))))",
    ),
    (
        "StoreIndexed",
        "(i32.store offset=8 (i32.add (local.get $a) (local.get $z)) (local.get $i))
        (i32.store16 (i32.add (local.get $a) (i32.const 2)) (i32.const 5))
        (f64.store (i32.add (local.get $z) (i32.const 64)) (local.get $f))
        (i64.store (i32.add (local.get $a) (local.get $z)) (i64.const 0x123456789abc))
        (local.set $x (i32.load (local.get $a)))",
    ),
    (
        "LoadDisplaced",
        "(local.set $x (i32.load (i32.add (local.get $a) (i32.const 70000))))
        (local.set $l (i64.load (i32.add (local.get $a) (i32.const 70008))))",
    ),
    (
        "StoreDisplaced",
        "(i32.store (i32.add (local.get $a) (i32.const 70000)) (local.get $i))
        (i64.store8 (i32.add (local.get $a) (i32.const 70001)) (i64.const 9))
        (local.set $x (i32.load offset=70000 (local.get $a)))",
    ),
    (
        "BinaryLeft",
        "(local.set $x (i32.add (i32.mul (local.get $i) (i32.const 3)) (i32.const 1)))
        (local.set $y (i32.and (i32.shr_u (local.get $x) (local.get $i)) (local.get $n)))
        (local.set $x (i32.xor (local.get $y) (i32.shl (local.get $x) (i32.const 5))))
        (local.set $f (f64.sub (f64.mul (local.get $g) (local.get $g)) (local.get $f)))
        (local.set $x (i32.sub (i32.rotl (local.get $x) (i32.const 7)) (local.get $y)))",
    ),
    (
        "BinaryRight",
        "(local.set $x (i32.sub (local.get $i) (i32.mul (local.get $x) (i32.const 3))))
        (local.set $f (f64.sub (local.get $f) (f64.mul (local.get $g) (local.get $g))))
        (local.set $x (i32.sub (local.get $x) (i32.shr_s (local.get $y) (local.get $i))))",
    ),
    (
        "LoadLeft",
        "(local.set $x (i32.add (local.get $x) (i32.load (local.get $a))))
        (local.set $y (i32.sub (i32.load8_s offset=2 (local.get $a)) (i32.const 3)))
        (local.set $f (f64.add (f64.load offset=512 (local.get $z)) (local.get $f)))",
    ),
    (
        "LoadRight",
        "(local.set $x (i32.sub (local.get $x) (i32.load16_u (local.get $a))))
        (local.set $f (f64.sub (local.get $f) (f64.load offset=512 (local.get $z))))",
    ),
    (
        "LoadScaled",
        "(local.set $x (i32.load offset=4 (i32.add
            (i32.shl (local.get $y) (i32.const 2)) (local.get $a))))
        (local.set $l (i64.load offset=70000 (i32.add
            (i32.mul (i32.clz (local.get $i)) (i32.const 3)) (local.get $z))))
        (local.set $g (f64.load offset=500 (i32.add
            (i32.mul (local.get $y) (i32.const 8)) (local.get $a))))
        (local.set $y (i32.add (i32.load8_u (i32.add
            (i32.shl (local.get $y) (i32.const 1)) (local.get $z)))
            (i32.and (local.get $i) (i32.const 15))))",
    ),
    (
        "StoreScaled",
        "(local.set $y (i32.and (local.get $i) (i32.const 15)))
        (i32.store offset=4 (i32.add
            (i32.shl (local.get $y) (i32.const 2)) (local.get $a)) (local.get $i))
        (i64.store16 offset=70000 (i32.add (i32.mul
            (i32.clz (local.get $i)) (i32.const 3)) (local.get $z)) (local.get $l))
        (f64.store offset=600 (i32.add (i32.mul
            (local.get $y) (i32.const 8)) (local.get $z)) (local.get $f))
        (i32.store8 (i32.add
            (i32.shl (local.get $y) (i32.const 1)) (local.get $z)) (i32.const 5))
        (local.set $l (i64.load offset=4 (local.get $a)))",
    ),
    (
        "LoadBoth",
        "(local.set $x (i32.add (i32.load offset=70000 (local.get $a))
            (i32.load (local.get $z))))
        (local.set $y (i32.mul (i32.load8_s (i32.and (local.get $i) (i32.const 15)))
            (i32.load8_s offset=3 (local.get $a))))
        (local.set $f (f64.sub (f64.load offset=512 (local.get $z))
            (f64.load offset=513 (local.get $z))))
        (local.set $m (i64.extend_i32_u (i32.xor (i32.load16_u (local.get $a))
            (i32.load16_u offset=2 (local.get $a)))))",
    ),
    (
        "Hold",
        "(local.set $x (i32.const 0))
        (local.set $l (i64.const 3))
        (loop $inner
            (local.set $x (i32.xor (i32.mul (local.get $x) (i32.const 3))
                (i32.or (local.get $i) (i32.const 1))))
            (br_if $inner (i32.lt_u (local.get $x) (i32.const 3))))
        (local.set $g (f64.const 0.5))
        (local.set $s (f32.const 0.5))
        (loop $inner
            (f64.store (local.get $a) (local.get $g))
            (f32.store offset=8 (local.get $a) (local.get $s))
            (local.set $g (f64.add (local.get $g) (f64.const 1)))
            (local.set $s (f32.add (local.get $s) (f32.const 1)))
            (br_if $inner (f64.lt (local.get $g) (f64.const 3))))
        (local.set $f (f64.load (local.get $a)))",
    ),
    (
        "Around",
        "(local.set $y (i32.const 0))
        (loop $inner
            (local.set $x (i32.add (local.get $x) (local.get $i)))
            (local.set $y (i32.add (local.get $y) (i32.const 1)))
            (br_if $inner (i32.lt_u (local.get $y) (i32.const 3))))",
    ),
    (
        "IncreaseJump",
        "(block $out (block $in
            (br_if $in (i32.and (local.get $i) (i32.const 1)))
            (local.set $x (i32.add (local.get $x) (i32.const 3)))
            (br $out))
            (local.set $y (i32.add (local.get $i) (local.get $y))))
        (block $out (block $in
            (br_if $in (i32.and (local.get $i) (i32.const 2)))
            (local.set $y (i32.add (local.get $y) (local.get $x)))
            (br $out))
            (local.set $x (i32.mul (local.get $i) (local.get $x))))",
    ),
    (
        "CopyTwice",
        "(local.set $x (local.get $y))
        (local.set $y (local.get $i))
        (i32.store (local.get $a) (local.get $x))
        (local.set $u (local.get $f))
        (local.set $f (local.get $g))
        (local.set $g (local.get $u))",
    ),
    (
        "IncreaseTwice",
        "(local.set $x (i32.add (local.get $x) (i32.const 1)))
        (local.set $y (i32.add (local.get $y) (i32.const -4)))
        (i32.store (local.get $a) (local.get $y))
        (local.set $x (i32.add (local.get $x) (local.get $i)))
        (local.set $x (i32.add (local.get $x) (local.get $x)))
        (i32.store (local.get $a) (local.get $y))",
    ),
    (
        "BinaryBr",
        "(block $in
            (br_if $in (i32.and (local.get $i) (i32.const 1)))
            (local.set $x (i32.add (local.get $x) (i32.const 1))))
        (block $in
            (br_if $in (local.tee $y (i32.sub (local.get $i) (i32.const 3))))
            (local.set $x (i32.xor (local.get $x) (i32.const 77))))
        (if (i32.shr_u (local.get $i) (i32.const 5))
            (then (local.set $x (i32.sub (local.get $x) (local.get $y)))))",
    ),
    (
        "LoadBr",
        "(block $in
            (br_if $in (i32.load8_u (local.get $a)))
            (local.set $x (i32.add (local.get $x) (i32.const 1))))
        (if (i32.load16_s offset=3 (local.get $a))
            (then (local.set $x (i32.sub (local.get $x) (i32.const 7)))))",
    ),
    (
        "CopyBr",
        "(block $in
            (local.set $y (local.get $i))
            (br_if $in (local.get $x))
            (local.set $x (i32.const 4)))
        (local.set $y (local.get $x))
        (if (local.get $z) (then (local.set $x (i32.const 9))))
        (local.set $x (i32.and (local.get $x) (local.get $i)))",
    ),
    (
        "CopyJump",
        "(block $out (block $in
            (br_if $in (i32.and (local.get $i) (i32.const 1)))
            (local.set $x (i32.const 3))
            (br $out))
            (local.set $x (i32.add (local.get $i) (local.get $x))))
        (block $out (block $in
            (br_if $in (i32.and (local.get $i) (i32.const 2)))
            (local.set $y (local.get $x))
            (br $out))
            (local.set $x (i32.add (local.get $i) (local.get $x))))",
    ),
    (
        "BinaryCompare",
        "(block $in
            (br_if $in (i32.eq (i32.and (local.get $i) (i32.const 7)) (i32.const 3)))
            (br_if $in (i32.lt_s (local.get $n)
                (i32.sub (local.get $i) (local.get $x))))
            (local.set $x (i32.add (local.get $x) (i32.const 1))))
        (if (i32.ge_u (i32.shr_u (local.get $i) (local.get $a)) (local.get $n))
            (then (local.set $x (i32.xor (local.get $x) (i32.const 5)))))",
    ),
    (
        "IncreaseCompare",
        "(block $in
            (local.set $y (i32.add (local.get $y) (i32.const 5)))
            (br_if $in (i32.ne (local.get $y) (i32.const 20)))
            (local.set $y (i32.const 0))
            (local.set $x (i32.add (local.get $x) (local.get $i))))",
    ),
    (
        "LoadCompare",
        "(block $in
            (br_if $in (i32.eq (i32.load8_u (local.get $a)) (i32.const 3)))
            (br_if $in (i32.gt_u (local.get $i) (i32.load offset=1 (local.get $a))))
            (local.set $x (i32.add (local.get $x) (i32.const 1))))",
    ),
];

/// The kind, and a loop that it leads back in, as often as `$n` says.
pub const BACK: &[(&str, &str)] = &[
    (
        "Br",
        "(local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $out (i32.ge_u (local.get $i) (local.get $n)))
        (i32.store (local.get $a) (local.get $i))
        (br $next)",
    ),
    (
        "BrIf",
        "(local.set $i (i32.add (local.get $i) (i32.const 1)))
        (local.set $y (i32.lt_u (local.get $i) (local.get $n)))
        (local.set $x (i32.mul (local.get $i) (i32.const 3)))
        (br_if $next (local.get $y))",
    ),
    (
        "BrIfLong",
        "(local.set $i (i32.add (local.get $i) (i32.const 1)))
        (local.set $l (i64.extend_i32_u
            (i32.ge_u (local.get $i) (local.get $n))))
        (local.set $x (i32.mul (local.get $i) (i32.const 3)))
        (br_if $next (i64.eqz (local.get $l)))",
    ),
    (
        "BrCompare",
        "(local.set $i (i32.add (local.get $i) (i32.const 1)))
        (local.set $f (f64.convert_i32_u (local.get $i)))
        (local.set $g (f64.convert_i32_u (local.get $n)))
        (br_if $next (f64.lt (local.get $f) (local.get $g)))",
    ),
    (
        "BinaryBr",
        "(local.set $x (i32.xor (local.get $n) (local.get $x)))
        (br_if $next
            (local.tee $n (i32.sub (local.get $n) (i32.const 1))))",
    ),
    (
        "LoadBr",
        "(local.set $i (i32.add (local.get $i) (i32.const 1)))
        (i32.store8 (local.get $a) (i32.lt_u (local.get $i) (local.get $n)))
        (br_if $next (i32.load8_u (local.get $a)))",
    ),
    (
        "CopyBr",
        "(local.set $i (i32.add (local.get $i) (i32.const 1)))
        (local.set $y (i32.lt_u (local.get $i) (local.get $n)))
        (i32.store (local.get $a) (local.get $i))
        (local.set $x (local.get $i))
        (br_if $next (local.get $y))",
    ),
    (
        "CopyJump",
        "(local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $out (i32.ge_u (local.get $i) (local.get $n)))
        (local.set $x (local.get $i))
        (br $next)",
    ),
    (
        "IncreaseJump",
        "(i32.store (local.get $a) (local.get $i))
        (br_if $out (i32.ge_u (local.get $i) (local.get $n)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next)",
    ),
    (
        "BinaryCompare",
        "(local.set $i (i32.add (local.get $i) (i32.const 2)))
        (br_if $next (i32.lt_u (i32.shr_u (local.get $i) (i32.const 1))
            (local.get $n)))
        (local.set $i (i32.add (local.get $i) (i32.const 2)))
        (br_if $next (i32.lt_u
            (local.tee $y (i32.shr_u (local.get $i) (i32.const 2)))
            (local.get $n)))",
    ),
    (
        "IncreaseCompare",
        "(local.set $x (i32.xor (local.get $x) (local.get $i)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $next (i32.lt_u (local.get $i) (local.get $n)))",
    ),
    (
        "LoadCompare",
        "(local.set $i (i32.add (local.get $i) (i32.const 1)))
        (i32.store (local.get $a) (local.get $i))
        (br_if $next (i32.lt_u (i32.load (local.get $a)) (local.get $n)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (i32.store (local.get $a) (i32.shr_u (local.get $i) (i32.const 1)))
        (br_if $next (i32.lt_u
            (local.tee $y (i32.load (local.get $a))) (local.get $n)))",
    ),
];

/// A module with a function for each kind: how many turns, and an address.
/// They import `plain`, and each is exported by its kind. Each loop of [`BACK`]
/// is one, too.
pub fn module() -> String {
    let mut text = r#"(module
  (type $two (func (param i32 i32) (result i32)))
  (import "host" "plain" (func $plain (param i32) (result i32)))
  (memory 2)
  (data (i32.const 0) "\00\03\07\ff\80\01\00\00\2a\00\05\fe")
  (data (i32.const 512) "\00\00\00\00\00\00\f8\3f\00\00\40\40")
  (data (i32.const 70000) "\11\f2\33\44\55\66\77\88\99\aa\bb\cc\dd\ee")
  (global $counter (mut i32) (i32.const 3))
  (global $long (mut i64) (i64.const 0x700000000))
  (table funcref (elem $add $sub))
  (func $nothing)
  (func $add (param i32 i32) (result i32)
    (i32.add (local.get 0) (local.get 1)))
  (func $sub (param i32 i32) (result i32)
    (i32.sub (local.get 0) (local.get 1)))
  (func $second (param i32 i32) (result i32)
    (local.get 1))
"#
    .to_owned();
    let turns = KINDS.iter().map(|(kind, body)| {
        let turn = format!(
            "(loop $next
        {body}
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $next (i32.lt_u (local.get $i) (local.get $n))))"
        );
        ((*kind).to_owned(), turn)
    });
    let back = BACK.iter().map(|(kind, body)| {
        (back(kind), format!("(block $out (loop $next {body}))"))
    });
    for (name, body) in turns.chain(back) {
        // A function without results ends in `Return`.
        let (result, end) = match &*name {
            "Return" => ("", ""),
            _ => (
                "(result i32)",
                "(i32.xor (i32.xor (local.get $x) (local.get $y))
        (i32.xor
          (i32.xor (i32.wrap_i64 (local.get $l))
            (i32.wrap_i64 (i64.shr_u (local.get $m) (i64.const 17))))
          (i32.xor
            (i32.wrap_i64 (i64.shr_u (i64.reinterpret_f64 (local.get $f))
              (i64.const 20)))
            (i32.reinterpret_f32 (local.get $s)))))",
            ),
        };
        text += &format!(
            r#"
  (func (export "{name}") (param $n i32) (param $a i32) {result}
    (local $i i32) (local $x i32) (local $y i32) (local $z i32)
    (local $l i64) (local $m i64) (local $f f64) (local $g f64)
    (local $s f32) (local $u f64) (local $eighth i32)
    {body}
    {end})"#
        );
    }
    text + ")"
}

/// What the loop of [`BACK`] that a kind leads back in is exported as.
pub fn back(kind: &str) -> String {
    format!("back by {kind}")
}

/// All functions of the module.
pub fn names() -> Vec<String> {
    let turns = KINDS.iter().map(|(kind, _)| (*kind).to_owned());
    turns.chain(BACK.iter().map(|(kind, _)| back(kind))).collect()
}
