//! What each instruction on structures and arrays does.

use annex_embedding::{Engine, Error, Imports, InstanceAddr, Value};
use ch07_values::Trap;
use ch09_module::V128;
use ch18_heap::Store;

struct Program {
    store: Store,
    instance: InstanceAddr,
}

impl Program {
    fn new(text: &str) -> Program {
        let mut store = Store::default();
        let instance =
            store.instantiate(text.as_bytes(), &Imports::new()).unwrap();
        Program { store, instance }
    }

    fn call(
        &mut self,
        name: &str,
        arguments: &[i32],
    ) -> Result<Vec<Value>, Error> {
        let arguments: Vec<Value> =
            arguments.iter().map(|n| (*n).into()).collect();
        self.store.call(self.instance, name, &arguments)
    }

    fn trap(&mut self, name: &str, arguments: &[i32]) -> Option<Trap> {
        self.call(name, arguments).err().and_then(|error| error.trap())
    }

    /// The elements of the array in the global `$a`, by `len` and `get`.
    fn elements(&mut self) -> Vec<i32> {
        let mut call = |name, arguments: &[i32]| {
            self.call(name, arguments).unwrap()[0].i32().unwrap()
        };
        let length = call("len", &[]);
        (0..length).map(|index| call("get", &[index])).collect()
    }
}

#[test]
fn fields_are_read_as_they_were_written_and_no_wider_than_they_are() {
    let mut program = Program::new(
        r#"(module
          (type $s (struct
            (field (mut i8)) (field (mut i16)) (field (mut i32))
            (field (mut f64)) (field (mut v128)) (field (mut (ref null $s)))))
          (func $fields (param $s (ref $s))
            (result i32 i32 i32 i32 i32 f64 v128 i32)
            (struct.get_u $s 0 (local.get $s))
            (struct.get_s $s 0 (local.get $s))
            (struct.get_u $s 1 (local.get $s))
            (struct.get_s $s 1 (local.get $s))
            (struct.get $s 2 (local.get $s))
            (struct.get $s 3 (local.get $s))
            (struct.get $s 4 (local.get $s))
            (ref.is_null (struct.get $s 5 (local.get $s))))
          (func (export "default")
            (result i32 i32 i32 i32 i32 f64 v128 i32)
            (call $fields (struct.new_default $s)))
          (func $new (result (ref $s))
            (struct.new $s
              (i32.const 0x1280) (i32.const 0x28001) (i32.const -5)
              (f64.const 0.5) (v128.const i64x2 6 7)
              (struct.new_default $s)))
          (func (export "new") (result i32 i32 i32 i32 i32 f64 v128 i32)
            (call $fields (call $new)))
          (func (export "set") (result i32 i32 i32 i32 i32 f64 v128 i32)
            (local $s (ref null $s))
            (local.set $s (call $new))
            (struct.set $s 0 (local.get $s) (i32.const 0x17f))
            (struct.set $s 1 (local.get $s) (i32.const 0x10003))
            (struct.set $s 4 (local.get $s) (v128.const i64x2 8 9))
            (struct.set $s 5 (local.get $s) (ref.null $s))
            (call $fields (ref.as_non_null (local.get $s))))
          (func (export "null get") (result i32)
            (struct.get $s 2 (ref.null $s)))
          (func (export "null get_s") (result i32)
            (struct.get_s $s 0 (ref.null $s)))
          (func (export "null set")
            (struct.set $s 2 (ref.null $s) (i32.const 1))))"#,
    );
    let fields =
        |narrow: [i32; 4], i32: i32, f64: f64, v128: u128, is_null: i32| {
            let mut values: Vec<Value> = narrow.map(Value::from).into();
            values.extend([
                i32.into(),
                f64.into(),
                Value::V128(V128(v128)),
                is_null.into(),
            ]);
            values
        };
    let default = fields([0; 4], 0, 0.0, 0, 1);
    assert_eq!(program.call("default", &[]).unwrap(), default);
    let new = fields([0x80, -0x80, 0x8001, -0x7fff], -5, 0.5, 7 << 64 | 6, 0);
    assert_eq!(program.call("new", &[]).unwrap(), new);
    let set = fields([0x7f, 0x7f, 3, 3], -5, 0.5, 9 << 64 | 8, 1);
    assert_eq!(program.call("set", &[]).unwrap(), set);
    for name in ["null get", "null get_s", "null set"] {
        let trap = program.trap(name, &[]);
        assert_eq!(trap, Some(Trap::NullStructureReference), "{name}");
    }
}

/// Arrays of one type, whose elements `get` reads.
fn arrays(element: &str, get: &str) -> Program {
    Program::new(&format!(
        r#"(module
          (type $t (array (mut {element})))
          (global $a (mut (ref null $t)) (ref.null $t))
          (global $b (mut (ref null $t)) (ref.null $t))
          (data $data "abcdefgh")
          (func (export "len") (result i32) (array.len (global.get $a)))
          (func (export "get") (param i32) (result i32)
            ({get} $t (global.get $a) (local.get 0)))
          (func (export "set") (param i32 i32)
            (array.set $t (global.get $a) (local.get 0) (local.get 1)))
          (func (export "new") (param i32 i32)
            (global.set $a (array.new $t (local.get 0) (local.get 1))))
          (func (export "default") (param i32)
            (global.set $a (array.new_default $t (local.get 0))))
          (func (export "fixed") (param i32 i32 i32)
            (global.set $a (array.new_fixed $t 3
              (local.get 0) (local.get 1) (local.get 2))))
          (func (export "data") (param i32 i32)
            (global.set $a
              (array.new_data $t $data (local.get 0) (local.get 1))))
          (func (export "init") (param i32 i32 i32)
            (array.init_data $t $data (global.get $a)
              (local.get 0) (local.get 1) (local.get 2)))
          (func (export "fill") (param i32 i32 i32)
            (array.fill $t (global.get $a)
              (local.get 0) (local.get 1) (local.get 2)))
          (func (export "keep") (global.set $b (global.get $a)))
          (func (export "copy") (param i32 i32 i32)
            (array.copy $t $t (global.get $a) (local.get 0)
              (global.get $b) (local.get 1) (local.get 2)))
          (func (export "drop") (data.drop $data)))"#,
    ))
}

const PAST_THE_END: Option<Trap> = Some(Trap::OutOfBoundsArrayAccess);

#[test]
fn arrays_begin_with_what_they_are_made_of() {
    let mut bytes = arrays("i8", "array.get_u");
    bytes.call("new", &[0x1ff, 3]).unwrap();
    assert_eq!(bytes.elements(), [0xff; 3]);
    bytes.call("default", &[2]).unwrap();
    assert_eq!(bytes.elements(), [0; 2]);
    bytes.call("fixed", &[1, 2, 3]).unwrap();
    assert_eq!(bytes.elements(), [1, 2, 3]);
    bytes.call("data", &[2, 3]).unwrap();
    assert_eq!(bytes.elements(), [b'c', b'd', b'e'].map(i32::from));
    bytes.call("data", &[8, 0]).unwrap();
    assert_eq!(bytes.elements(), []);
    let outside = Some(Trap::OutOfBoundsMemoryAccess);
    assert_eq!(bytes.trap("data", &[6, 3]), outside);
    assert_eq!(bytes.trap("data", &[9, 0]), outside);
    bytes.call("drop", &[]).unwrap();
    assert_eq!(bytes.trap("data", &[0, 1]), outside);

    let mut halves = arrays("i16", "array.get_s");
    halves.call("fixed", &[0x1_ffff, 2, -3]).unwrap();
    assert_eq!(halves.elements(), [-1, 2, -3]);
    halves.call("data", &[1, 2]).unwrap();
    assert_eq!(halves.elements(), [0x6362, 0x6564]);
    assert_eq!(halves.trap("data", &[5, 2]), outside);

    let mut words = arrays("i32", "array.get");
    words.call("new", &[-7, 2]).unwrap();
    assert_eq!(words.elements(), [-7, -7]);
}

#[test]
fn elements_are_written_where_they_were_meant_to_be() {
    for (element, get) in
        [("i8", "array.get_u"), ("i16", "array.get_s"), ("i32", "array.get")]
    {
        let mut array = arrays(element, get);
        array.call("fixed", &[1, 2, 3]).unwrap();
        array.call("set", &[1, 9]).unwrap();
        assert_eq!(array.elements(), [1, 9, 3], "{element}");
        assert_eq!(array.trap("set", &[3, 9]), PAST_THE_END);
        assert_eq!(array.trap("get", &[3]), PAST_THE_END);
        assert_eq!(array.trap("get", &[-1]), PAST_THE_END);

        array.call("new", &[1, 9]).unwrap();
        array.call("fill", &[1, 5, 7]).unwrap();
        assert_eq!(array.elements(), [1, 5, 5, 5, 5, 5, 5, 5, 1], "{element}");
        array.call("fill", &[9, 5, 0]).unwrap();
        assert_eq!(array.trap("fill", &[9, 5, 1]), PAST_THE_END);
        assert_eq!(array.trap("fill", &[10, 5, 0]), PAST_THE_END);

        array.call("fixed", &[1, 2, 3]).unwrap();
        array.call("keep", &[]).unwrap();
        array.call("new", &[0, 5]).unwrap();
        array.call("copy", &[3, 1, 2]).unwrap();
        assert_eq!(array.elements(), [0, 0, 0, 2, 3], "{element}");
        assert_eq!(array.trap("copy", &[0, 2, 2]), PAST_THE_END);
        assert_eq!(array.trap("copy", &[4, 0, 2]), PAST_THE_END);
        // And within one array, whose elements move by one place.
        array.call("keep", &[]).unwrap();
        array.call("copy", &[1, 2, 3]).unwrap();
        assert_eq!(array.elements(), [0, 0, 2, 3, 3], "{element}");
    }
    let mut array = arrays("i16", "array.get_u");
    array.call("default", &[3]).unwrap();
    array.call("init", &[1, 3, 2]).unwrap();
    assert_eq!(array.elements(), [0, 0x6564, 0x6766]);
    array.call("init", &[3, 8, 0]).unwrap();
    assert_eq!(array.trap("init", &[2, 0, 2]), PAST_THE_END);
    let outside = Some(Trap::OutOfBoundsMemoryAccess);
    assert_eq!(array.trap("init", &[0, 5, 2]), outside);
}

#[test]
fn a_null_array_has_no_elements() {
    let mut array = arrays("i8", "array.get_s");
    for (name, arguments) in [
        ("len", &[][..]),
        ("get", &[0]),
        ("set", &[0, 0]),
        ("fill", &[0, 0, 0]),
        ("init", &[0, 0, 0]),
        ("copy", &[0, 0, 0]),
    ] {
        let trap = array.trap(name, arguments);
        assert_eq!(trap, Some(Trap::NullArrayReference), "{name}");
    }
}

#[test]
fn arrays_of_references_are_made_of_element_segments() {
    let mut program = Program::new(
        r#"(module
          (type $t (array (mut (ref null i31))))
          (global $a (mut (ref null $t)) (ref.null $t))
          (elem $elements (ref null i31)
            (ref.i31 (i32.const 10)) (ref.i31 (i32.const 11))
            (ref.i31 (i32.const 12)) (ref.i31 (i32.const 13)))
          (func (export "len") (result i32) (array.len (global.get $a)))
          (func (export "get") (param i32) (result i32)
            (local $i (ref null i31))
            (local.set $i (array.get $t (global.get $a) (local.get 0)))
            (if (result i32) (ref.is_null (local.get $i))
              (then (i32.const -1))
              (else (i31.get_u (local.get $i)))))
          (func (export "default") (param i32)
            (global.set $a (array.new_default $t (local.get 0))))
          (func (export "elem") (param i32 i32)
            (global.set $a
              (array.new_elem $t $elements (local.get 0) (local.get 1))))
          (func (export "init") (param i32 i32 i32)
            (array.init_elem $t $elements (global.get $a)
              (local.get 0) (local.get 1) (local.get 2))))"#,
    );
    program.call("elem", &[1, 3]).unwrap();
    assert_eq!(program.elements(), [11, 12, 13]);
    let outside = Some(Trap::OutOfBoundsTableAccess);
    assert_eq!(program.trap("elem", &[2, 3]), outside);
    program.call("default", &[4]).unwrap();
    program.call("init", &[1, 2, 2]).unwrap();
    assert_eq!(program.elements(), [-1, 12, 13, -1]);
    assert_eq!(program.trap("init", &[3, 0, 2]), PAST_THE_END);
    assert_eq!(program.trap("init", &[0, 3, 2]), outside);
}

#[test]
fn an_array_of_vectors_keeps_both_halves() {
    let mut program = Program::new(
        r#"(module
          (type $t (array (mut v128)))
          (func (export "test") (result v128 v128 i32) (local $a (ref null $t))
            (local.set $a (array.new $t (v128.const i64x2 1 2) (i32.const 3)))
            (array.set $t (local.get $a) (i32.const 1)
              (v128.const i64x2 3 4))
            (array.get $t (local.get $a) (i32.const 1))
            (array.get $t (local.get $a) (i32.const 2))
            (array.len (local.get $a))))"#,
    );
    let [second, third] =
        [4 << 64 | 3, 2 << 64 | 1].map(|n| Value::V128(V128(n)));
    assert_eq!(program.call("test", &[]).unwrap(), [second, third, 3.into()]);
}

#[test]
fn a_small_integer_has_31_bits_and_two_readings() {
    let mut program = Program::new(
        r#"(module
          (func (export "signed") (param i32) (result i32)
            (i31.get_s (ref.i31 (local.get 0))))
          (func (export "unsigned") (param i32) (result i32)
            (i31.get_u (ref.i31 (local.get 0))))
          (func (export "there and back") (param i32) (result i32)
            (i31.get_u (ref.cast (ref i31)
              (any.convert_extern (extern.convert_any
                (ref.i31 (local.get 0)))))))
          (func (export "null") (result i32) (i31.get_s (ref.null i31))))"#,
    );
    let mut call =
        |name, n: i32| program.call(name, &[n]).unwrap()[0].i32().unwrap();
    for (n, signed, unsigned) in [
        (0, 0, 0),
        (5, 5, 5),
        (-1, -1, 0x7fff_ffff),
        (0x3fff_ffff, 0x3fff_ffff, 0x3fff_ffff),
        (0x4000_0000, -0x4000_0000, 0x4000_0000),
        (i32::MIN, 0, 0),
    ] {
        assert_eq!(call("signed", n), signed);
        assert_eq!(call("unsigned", n), unsigned);
        assert_eq!(call("there and back", n), unsigned);
    }
    assert_eq!(program.trap("null", &[]), Some(Trap::NullI31Reference));
}
