//! What becomes of a tree: which operations, and how many operands a branch
//! drops.

use annex_embedding::{Engine, FuncAddr, Imports};
use ch09_module::Module;
use ch19_flat::{Op, Store, flatten};

/// The flat code of the first function of a module.
fn flat(text: &str) -> String {
    let module = Module::from_text(text).unwrap();
    let mut store = Store::<()>::default();
    let instance = store.instantiate(text.as_bytes(), &Imports::new()).unwrap();
    let ty = store.func_type(FuncAddr(0)).unwrap();
    let function = module.functions[0].read();
    flatten(store.data(), instance.0, &ty, &function, false).to_string()
}

#[test]
fn an_operation_has_16_bytes() {
    assert_eq!(size_of::<Op>(), 16);
}

#[test]
fn a_block_leaves_nothing_but_a_position() {
    let code = flat("(func block nop block br 1 end end)");
    assert_eq!(code, "   0  br to 1\n");
}

#[test]
fn a_branch_to_a_loop_goes_back_and_carries_its_parameters() {
    insta::assert_snapshot!(flat(
        "(func
          i32.const 5
          loop (param i32)
            i32.const 7
            i32.const 8
            br 0
          end)"
    ), @r"
       0  const 5
       1  const 7
       2  const 8
       3  br to 1, keep 1, drop 2
    ");
}

#[test]
fn an_if_jumps_over_what_is_not_executed() {
    insta::assert_snapshot!(flat(
        "(func (param i32) (result i32)
          i32.const 1
          local.get 0
          if (param i32) (result i32)
            i32.eqz
          else
            drop
            i32.const 3
          end)"
    ), @r"
       0  const 1
       1  local.get 0
       2  br_unless to 5
       3  i32.eqz
       4  br to 7
       5  drop
       6  const 3
    ");
    // Who falls through to the end, or never gets there, needs no jump.
    insta::assert_snapshot!(flat(
        "(func (param i32) local.get 0 if local.get 0 drop end)"
    ), @r"
       0  local.get 0
       1  br_unless to 4
       2  local.get 0
       3  drop
    ");
    insta::assert_snapshot!(flat(
        "(func (param i32) local.get 0 if return else local.get 0 drop end)"
    ), @r"
       0  local.get 0
       1  br_unless to 3
       2  return
       3  local.get 0
       4  drop
    ");
    insta::assert_snapshot!(flat("(func (param i32) local.get 0 if return end)"), @r"
       0  local.get 0
       1  br_unless to 3
       2  return
    ");
}

#[test]
fn what_is_never_reached_is_left_out() {
    insta::assert_snapshot!(flat(
        "(func (result i32)
          block (result i32)
            i32.const 1
            br 0
            loop (result i32) i32.const 2 end
            i32.add
          end
          i32.eqz
          return
          drop)"
    ), @r"
       0  const 1
       1  br to 2
       2  i32.eqz
       3  return
    ");
}

#[test]
fn the_branches_of_a_table_follow_it() {
    insta::assert_snapshot!(flat(
        "(func (param i32) (result i32)
          block (result i32)
            i32.const 9
            block (result i32)
              i32.const 1
              local.get 0
              br_table 0 1 2 0
            end
            drop
          end)"
    ), @r"
       0  const 9
       1  const 1
       2  local.get 0
       3  br_table 3
       4  br to 8
       5  br to 9, keep 1, drop 1
       6  br to 9, keep 1, drop 1
       7  br to 8
       8  drop
    ");
}

/// The clauses count labels from outside, and take their branches from where
/// the `try_table` begins.
#[test]
fn a_handler_is_a_line_beside_the_code() {
    insta::assert_snapshot!(flat(
        "(tag $e (param i32))
         (func
          block
            i32.const 1
            block (result i32)
              i32.const 2
              i32.const 3
              try_table (param i32) (result i32) (catch $e 0) (catch_all 1)
                throw $e
              end
              i32.add
            end
            drop
            drop
          end
          nop)"
    ), @r"
       0  const 1
       1  const 2
       2  const 3
       3  throw 0
       4  i32.add
       5  drop
       6  drop
    from 3 to 4, height 2: (catch 0 to 5, keep 1, drop 1) (catch_all to 7, keep 0, drop 2)
    ");
}

/// Every kind of instruction, and then a branch that has to drop what they
/// have left: one operand too many or too few, and the result is another.
#[test]
fn each_instruction_changes_the_height_by_what_it_takes_and_leaves() {
    let head = "
      (memory 1) (table $t 4 funcref) (global $g (mut i32) (i32.const 0))
      (global $w (mut v128) (v128.const i64x2 0 0))
      (data $d \"abcd\") (elem $e func $f)
      (type $s (struct (field (mut i32)) (field (mut i32)) (field (mut i8))))
      (type $a (array (mut i8))) (type $r (array (mut funcref)))
      (type $two (func (param i32 i32) (result i32 i32 i32)))
      (func $f (type $two) (i32.const 1) (i32.const 2) (i32.const 3))
      (table $c funcref (elem $f))";
    let bodies = [
        "i32.const 1 i32.const 2 i32.add",
        "i32.const 1 i32.eqz",
        "local.get 0 local.tee 0 local.set 0",
        "global.get $g global.set $g",
        "i32.const 0 i32.load i32.const 0 i64.load",
        "i32.const 0 i32.const 1 i32.store",
        "nop i32.const 1 drop",
        "i32.const 1 i32.const 2 i32.const 1 select",
        "i32.const 1 i32.const 2 i32.const 1 select (result i32)",
        "memory.size i32.const 0 memory.grow",
        "i32.const 0 i32.const 1 i32.const 2 memory.fill",
        "i32.const 0 i32.const 1 i32.const 2 memory.copy",
        "i32.const 0 i32.const 0 i32.const 2 memory.init $d",
        "data.drop $d",
        "table.size $t i32.const 0 table.get $t",
        "i32.const 0 ref.null func table.set $t",
        "ref.null func i32.const 0 table.grow $t",
        "i32.const 0 ref.null func i32.const 1 table.fill $t",
        "i32.const 0 i32.const 1 i32.const 2 table.copy $t $t",
        "i32.const 0 i32.const 0 i32.const 1 table.init $t $e",
        "elem.drop $e",
        "ref.null any ref.is_null",
        "ref.func $f ref.as_non_null",
        "ref.null eq ref.null eq ref.eq",
        "ref.null any ref.test anyref",
        "ref.null any ref.cast anyref",
        "i32.const 1 i32.const 2 i32.const 3 struct.new $s",
        "struct.new_default $s struct.get $s 0",
        "struct.new_default $s struct.get_s $s 2",
        "struct.new_default $s struct.get_u $s 2",
        "struct.new_default $s i32.const 1 struct.set $s 0",
        "i32.const 1 i32.const 2 array.new $a",
        "i32.const 2 array.new_default $a",
        "i32.const 1 i32.const 2 i32.const 3 array.new_fixed $a 3",
        "i32.const 0 i32.const 2 array.new_data $a $d",
        "i32.const 0 i32.const 1 array.new_elem $r $e",
        "i32.const 2 array.new_default $r i32.const 0 array.get $r",
        "i32.const 2 array.new_default $a i32.const 0 array.get_s $a",
        "i32.const 2 array.new_default $a i32.const 0 array.get_u $a",
        "i32.const 2 array.new_default $a i32.const 0 i32.const 1 array.set $a",
        "i32.const 2 array.new_default $a array.len",
        "i32.const 2 array.new_default $a i32.const 0 i32.const 1 i32.const 1
         array.fill $a",
        "i32.const 2 array.new_default $a i32.const 0
         i32.const 2 array.new_default $a i32.const 0 i32.const 1
         array.copy $a $a",
        "i32.const 2 array.new_default $a i32.const 0 i32.const 0 i32.const 1
         array.init_data $a $d",
        "i32.const 2 array.new_default $r i32.const 0 i32.const 0 i32.const 1
         array.init_elem $r $e",
        "i32.const 1 ref.i31 i31.get_s i32.const 1 ref.i31 i31.get_u",
        "ref.null extern any.convert_extern",
        "ref.null any extern.convert_any",
        "v128.const i64x2 1 2 i8x16.popcnt",
        "v128.const i64x2 1 2 v128.const i64x2 1 2 i8x16.add",
        "v128.const i64x2 1 2 v128.const i64x2 1 2
         i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15",
        "v128.const i64x2 1 2 v128.const i64x2 1 2 v128.const i64x2 1 2
         v128.bitselect",
        "v128.const i64x2 1 2 i8x16.extract_lane_s 1",
        "v128.const i64x2 1 2 i32.const 1 i8x16.replace_lane 1",
        "v128.const i64x2 1 2 i32.const 1 i8x16.shl",
        "i32.const 0 v128.load i32.const 0 v128.load8_splat",
        "i32.const 0 v128.const i64x2 1 2 v128.store",
        "i32.const 0 v128.const i64x2 1 2 v128.load8_lane 1",
        "i32.const 0 v128.const i64x2 1 2 v128.store8_lane 1",
        "local.get 1 local.tee 1 local.set 1",
        "global.get $w global.set $w",
        "i32.const 1 i32.const 2 call $f",
        "i32.const 1 i32.const 2 i32.const 0 call_indirect $c (type $two)",
        "i32.const 1 i32.const 2 ref.func $f call_ref $two",
        "block (result i32 i32) i32.const 1 i32.const 2 end",
        "i32.const 1 loop (param i32) (result i32 i32) i32.const 2 end",
        "i32.const 1 if (result i32) i32.const 2 else i32.const 3 end",
        "i32.const 1 i32.const 2 br_if 0",
        "i32.const 0 br_if 1 i32.const 1",
        "i32.const 1 i32.const 0 br_if 1",
        "ref.func $f br_on_null 1",
        "ref.null func br_on_non_null 2",
        "ref.null any br_on_cast 2 anyref eqref",
        "try_table (result i32) i32.const 1 end",
        "i32.const 1 try_table (param i32) (result i32 i32) i32.const 2 end",
    ];
    for body in bodies {
        // What a branch of the body leaves differs from what its end leaves.
        let text = format!(
            "(module {head}
              (func (export \"f\") (param i32) (result i32) (local v128)
                i32.const 40
                block $out (result i32)
                  i32.const 5
                  BODY
                  i32.const 2
                  br $out
                end
                i32.add))"
        );
        let text = text.replace("BODY", &placed(body));
        let mut store = Store::<()>::default();
        let instance = match store.instantiate(text.as_bytes(), &Imports::new())
        {
            Ok(instance) => instance,
            Err(error) => panic!("{body}: {error}"),
        };
        let results = store.call(instance, "f", &[0.into()]);
        assert_eq!(results.unwrap(), [42.into()], "{body}");
    }
}

/// A body whose branches 1 and 2 go to blocks of its own, where nothing is
/// left of them.
fn placed(body: &str) -> String {
    match body {
        _ if body.contains("br_if 0") => {
            format!("block (result i32) {body} end")
        }
        _ if body.contains("br_if 1") && body.starts_with("i32.const 1") => {
            format!("block (result i32) block (result i32) {body} end end")
        }
        _ if body.contains("br_if 1") => {
            format!("block block {body} drop end end")
        }
        _ if body.contains("br_on_null") => {
            format!("block block {body} drop end end")
        }
        _ if body.contains("br_on_non_null") => format!(
            "block (result funcref) block block {body} end end
             ref.null func end"
        ),
        _ if body.contains("br_on_cast") => format!(
            "block (result eqref) block block {body} drop end end
             ref.null eq end"
        ),
        _ => body.to_owned(),
    }
}
