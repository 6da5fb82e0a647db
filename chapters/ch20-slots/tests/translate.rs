//! What becomes of flat code: which operations there are, what they name, and
//! which functions stay as they are.

use std::sync::{Arc, PoisonError};

use annex_embedding::{Engine, FuncAddr, Imports, Value};
use ch20_slots::{Show, Shown, operations};

/// What is shown of the first function of a module when it is called with
/// zeros; `None` if it stays flat code.
fn shown(text: &str) -> Option<Shown> {
    let mut store = Show::store();
    let shown = Arc::clone(&store.layer().tier.shown);
    store.instantiate(text.as_bytes(), &Imports::new()).unwrap();
    let ty = store.func_type(FuncAddr(0)).unwrap();
    let zero = |ty| Value::from_halves(ty, [0, 0]);
    let zeros: Vec<_> = ty.params.iter().map(|ty| zero(*ty)).collect();
    let _ = store.invoke(FuncAddr(0), &zeros);
    let shown = shown.lock().unwrap_or_else(PoisonError::into_inner);
    shown.get(&0).cloned()
}

/// Its operations on slots.
fn slots(text: &str) -> String {
    shown(text).unwrap().slots.to_string()
}

#[test]
fn what_only_carries_leaves_nothing() {
    insta::assert_snapshot!(slots(
        "(func (param i32 i32) (result i32)
          local.get 0 local.get 1 i32.add i32.const 3 i32.mul)"
    ), @r"
    entry 0
      s2 = i32.add s0 s1
      s0 = i32.mul s2 3
      return
    ");
    insta::assert_snapshot!(slots("(func (param i32) local.get 0 i32.const 1 drop drop)"), @r"
    entry 0
      return
    ");
}

#[test]
fn local_set_changes_the_destination_of_the_last_operation() {
    insta::assert_snapshot!(slots(
        "(func (param i32) (local i32) local.get 0 i32.eqz local.set 1)"
    ), @r"
    entry 0
      s1 = i32.eqz s0
      return
    ");
    insta::assert_snapshot!(slots(
        "(func (param i32) (local i32) local.get 0 local.get 0 i32.add local.set 1)"
    ), @r"
    entry 0
      s1 = i32.add s0 s0
      return
    ");
    insta::assert_snapshot!(slots(
        "(memory 1) (func (param i32) (local i32)
          local.get 0 i32.load offset=4 local.set 1)"
    ), @r"
    entry 0
      s1 = i32.load s0 offset=4
      return
    ");
    insta::assert_snapshot!(slots(
        "(global $g (mut i32) (i32.const 1))
        (func (local i32) global.get $g local.set 0)"
    ), @r"
    entry 0
      s0 = global.get 0
      return
    ");
    insta::assert_snapshot!(slots(
        "(func (param i32 i32) local.get 0 i32.const 7 local.get 1 select local.set 1)"
    ), @r"
    entry 0
      s1 = select s0 7 s1
      return
    ");
    insta::assert_snapshot!(slots(
        "(func (param i32) local.get 0 i32.const 1 i32.add local.set 0)"
    ), @r"
    entry 0
      s0 = i32.add s0 1
      return
    ");
}

#[test]
fn a_local_gets_a_copy_of_what_is_in_the_code_or_in_another_local() {
    insta::assert_snapshot!(slots(
        "(func (param i32 i32) i32.const 7 local.set 0 local.get 1 local.set 0)"
    ), @r"
    entry 0
      s0 = 7
      s0 = s1
      return
    ");
    insta::assert_snapshot!(slots(
        "(func (param i32) local.get 0 local.set 0 local.get 0 local.tee 0 drop)"
    ), @r"
    entry 0
      return
    ");
}

#[test]
fn an_operand_that_is_not_the_last_one_made_is_copied() {
    insta::assert_snapshot!(slots(
        "(func (param i32) (local i32)
          local.get 0 i32.eqz local.get 0 i32.clz drop local.set 1)"
    ), @r"
    entry 0
      s2 = i32.eqz s0
      s3 = i32.clz s0
      s1 = s2
      return
    ");
    insta::assert_snapshot!(slots(
        "(func (param i32) (local i32)
          local.get 0 i32.eqz i32.const 5 local.set 1 drop)"
    ), @r"
    entry 0
      s2 = i32.eqz s0
      s1 = 5
      return
    ");
}

/// Before the local is written, also if the last operation does it.
#[test]
fn who_waits_for_a_local_gets_its_old_value() {
    insta::assert_snapshot!(slots(
        "(func (param i32) (result i32)
          local.get 0 i32.const 1 local.set 0 local.get 0 i32.sub)"
    ), @r"
    entry 0
      s1 = s0
      s0 = 1
      s0 = i32.sub s1 s0
      return
    ");
    insta::assert_snapshot!(slots(
        "(func (param i32) (result i32)
          local.get 0 local.get 0 local.get 0 i32.eqz local.set 0
          local.get 0 i32.sub i32.sub)"
    ), @r"
    entry 0
      s1 = s0
      s2 = s0
      s0 = i32.eqz s0
      s2 = i32.sub s2 s0
      s0 = i32.sub s1 s2
      return
    ");
}

#[test]
fn local_tee_leaves_its_value_in_the_local() {
    insta::assert_snapshot!(slots(
        "(func (param i32) (result i32) (local i32)
          local.get 0 i32.eqz local.tee 1 local.get 1 i32.add)"
    ), @r"
    entry 0
      s1 = i32.eqz s0
      s0 = i32.add s1 s1
      return
    ");
    insta::assert_snapshot!(slots(
        "(func (param i32) (result i32)
          i32.const 7 local.tee 0 i32.eqz)"
    ), @r"
    entry 0
      s0 = 7
      s0 = i32.eqz 7
      return
    ");
    insta::assert_snapshot!(slots(
        "(func (param i32 i32) (result i32)
          local.get 1 local.tee 0 i32.const 2 local.set 1)"
    ), @r"
    entry 0
      s0 = s1
      s2 = s1
      s1 = 2
      s0 = s2
      return
    ");
}

/// Two ways lead there, and only one of them comes from the operation.
#[test]
fn before_a_label_an_operation_keeps_its_destination() {
    insta::assert_snapshot!(slots(
        "(func (param i32) (local i32)
          block (result i32)
            i32.const 1 local.get 0 br_if 0
            drop local.get 0 i32.eqz
          end
          local.set 1)"
    ), @r"
    entry 0
      br_unless l1 s0
      s2 = 1
      br l0
    l1:
      s2 = i32.eqz s0
    l0:
    entry 1
      s1 = s2
      return
    ");
}

#[test]
fn a_branch_moves_what_goes_along_if_it_is_taken() {
    insta::assert_snapshot!(slots(
        "(func (param i32) (result i32)
          block (result i32)
            local.get 0 i32.const 8 local.get 0 br_if 0
            i32.add
          end
          i32.eqz)"
    ), @r"
    entry 0
      br_unless l1 s0
      s1 = 8
      br l0
    l1:
      s1 = i32.add s0 8
    l0:
    entry 1
      s0 = i32.eqz s1
      return
    ");
    insta::assert_snapshot!(slots(
        "(func (param i32) (result i32)
          block (result i32)
            local.get 0 i32.clz local.get 0 br_if 0
          end
          i32.eqz)"
    ), @r"
    entry 0
      s1 = i32.clz s0
      br_if l0 s0
    l0:
    entry 1
      s0 = i32.eqz s1
      return
    ");
    insta::assert_snapshot!(slots(
        "(func (param i32)
          i32.const 9
          block
            local.get 0 br_if 0
            block i32.const 1 local.get 0 i32.eqz br_if 1 drop end
          end
          drop)"
    ), @r"
    entry 0
      s1 = 9
      br_if l0 s0
      s3 = i32.eqz s0
      br_if l0 s3
    l0:
    entry 1
      return
    ");
}

#[test]
fn a_branch_to_a_loop_brings_its_parameters() {
    insta::assert_snapshot!(slots(
        "(func (param i32)
          i32.const 5
          loop (param i32)
            i32.const 7 i32.add local.get 0 br_if 0
            drop
          end)"
    ), @r"
    entry 0
      s1 = 5
    l0:
    entry 1
      s1 = i32.add s1 7
      br_if l0 s0
      return
    ");
}

#[test]
fn a_branch_to_the_end_of_the_function_returns() {
    insta::assert_snapshot!(slots(
        "(func (param i32) (result i32) i32.const 3 local.get 0 br 0)"
    ), @r"
    entry 0
      return
    ");
    insta::assert_snapshot!(slots(
        "(func (param i32) (result i32) i32.const 3 local.get 0 return)"
    ), @r"
    entry 0
      return
    ");
}

/// Branches that are the same share it. One to a loop has it for the fuel.
#[test]
fn where_operands_move_an_entry_of_a_table_leads_to_a_place_that_does_so() {
    insta::assert_snapshot!(slots(
        "(func (param i32)
          block
            block
              local.get 0 br_table 0 1 0 1
            end
            local.get 0 drop
          end)"
    ), @r"
    entry 0
      br_table 3 s0
      br l0
      br l1
      br l0
      br l1
    l0:
    entry 1
    l1:
    entry 2
      return
    ");
    insta::assert_snapshot!(slots(
        "(func (param i32) (result i32)
          block (result i32)
            block (result i32)
              i32.const 4 i32.const 5 local.get 0 br_table 0 1 0
            end
            i32.eqz
          end
          i32.clz)"
    ), @r"
    entry 0
      br_table 2 s0
      br l2
      br l3
      br l2
    l2:
      s1 = 5
      br l0
    l3:
      s1 = 5
      br l1
    l0:
    entry 1
      s1 = i32.eqz s1
    l1:
    entry 2
      s0 = i32.clz s1
      return
    ");
    insta::assert_snapshot!(slots(
        "(func (param i32)
          loop
            block local.get 0 br_table 0 1 1 0 end
          end)"
    ), @r"
    l1:
    entry 0
      br_table 3 s0
      br l0
      br l2
      br l2
      br l0
    l2:
      br l1
    l0:
    entry 1
      return
    ");
}

#[test]
fn if_and_else_leave_their_result_in_one_slot() {
    insta::assert_snapshot!(slots(
        "(func (param i32) (result i32)
          local.get 0 if (result i32) i32.const 1 else local.get 0 i32.clz end
          i32.eqz)"
    ), @r"
    entry 0
      br_unless l0 s0
      s1 = 1
      br l1
    l0:
    entry 1
      s1 = i32.clz s0
    l1:
    entry 2
      s0 = i32.eqz s1
      return
    ");
}

/// One result is made there. Of two, one may be in a local that the other goes
/// to.
#[test]
fn results_are_in_the_first_slots() {
    insta::assert_snapshot!(slots(
        "(func (param i32 i32) (result i32) local.get 1 i32.eqz)"
    ), @r"
    entry 0
      s0 = i32.eqz s1
      return
    ");
    insta::assert_snapshot!(slots("(func (param i32 i32) (result i32) i32.const 9)"), @r"
    entry 0
      s0 = 9
      return
    ");
    insta::assert_snapshot!(slots("(func (param i32 i32) (result i32) local.get 0)"), @r"
    entry 0
      return
    ");
    insta::assert_snapshot!(slots(
        "(func (param i32 i32) (result i32 i32) local.get 1 local.get 0)"
    ), @r"
    entry 0
      s2 = s1
      s3 = s0
      s0 = s2
      s1 = s3
      return
    ");
    insta::assert_snapshot!(slots(
        "(func (param i32) (result i32) (local i32)
          local.get 0 local.get 0 i32.eqz local.set 1)"
    ), @r"
    entry 0
      s1 = i32.eqz s0
      return
    ");
}

/// What waits below them is not moved: where it is, `Pending` knows.
#[test]
fn arguments_are_where_the_window_of_the_callee_begins() {
    insta::assert_snapshot!(slots(
        "(func (param i32) (result i32)
          i32.const 100 local.get 0 i32.const 7 call $f i32.add)
        (func $f (param i32 i32) (result i32) local.get 0)"
    ), @r"
    entry 0
      s2 = s0
      s3 = 7
      s2 = call 1
    entry 1
      s0 = i32.add 100 s2
      return
    ");
    insta::assert_snapshot!(slots(
        "(table funcref (elem $f))
        (func (param i32) (result i32)
          local.get 0 i32.const 0 call_indirect (param i32) (result i32))
        (func $f (param i32) (result i32) local.get 0)"
    ), @r"
    entry 0
      s2 = 0
      s1 = s0
      s1 = call_indirect 0 s2 (type 0)
    entry 1
      s0 = s1
      return
    ");
}

/// With all operands in their slots.
#[test]
fn what_is_rare_is_left_to_the_machine() {
    insta::assert_snapshot!(slots(
        "(memory 1) (func (param i32) (result i32)
          i32.const 5 local.get 0 memory.grow i32.add)"
    ), @r"
    entry 0
      s1 = 5
      s2 = s0
      leave at 3 with 2
    entry 1
      s0 = i32.add s1 s2
      return
    ");
    insta::assert_snapshot!(slots(
        "(memory 1) (func (param i32)
          i32.const 5 local.get 0 i32.const 9 memory.fill
          i32.const 5 i32.const 6 local.get 0 memory.copy)"
    ), @r"
    entry 0
      s1 = 5
      s2 = s0
      s3 = 9
      memory.fill s1
    entry 1
      s1 = 5
      s2 = 6
      s3 = s0
      memory.copy s1
    entry 2
      return
    ");
    insta::assert_snapshot!(slots("(func (param i32) local.get 0 drop unreachable)"), @r"
    entry 0
      leave at 3 with 0
    ");
    insta::assert_snapshot!(slots(
        "(func (param externref) (result i32)
          block i32.const 3 local.get 0 br_on_null 0 drop return end i32.const 4)"
    ), @r"
    entry 0
      s1 = 3
      s2 = s0
      leave at 3 with 2
    entry 1
      s0 = s1
      return
    l0:
    entry 2
      s0 = 4
      return
    ");
}

#[test]
fn loads_stores_and_globals_name_their_operands() {
    insta::assert_snapshot!(slots(
        "(memory 1) (global $g (mut i32) (i32.const 1))
        (func (param i32)
          local.get 0 i32.const 4 i32.store offset=8
          i32.const 8 local.get 0 i32.store16
          local.get 0 global.set $g)"
    ), @r"
    entry 0
      i32.store s0 4 offset=8
      i32.store16 8 s0 offset=0
      global.set 0 s0
      return
    ");
}

/// What has two halves is in no slot, wherever it comes from.
#[test]
fn vectors_stay_flat_code() {
    let stays = |text: &str| assert!(shown(text).is_none(), "{text}");
    stays("(func (param v128))");
    stays("(func (result v128) v128.const i64x2 0 0)");
    stays("(func v128.const i64x2 0 0 drop)");
    stays("(func call $f drop) (func $f (result v128) unreachable)");
    stays(
        "(type $f (func (result v128))) (table 1 funcref)
        (func i32.const 0 call_indirect (type $f) drop)",
    );
    stays(
        "(type $s (struct (field i32) (field v128)))
        (func ref.null $s struct.get $s 1 drop)",
    );
    stays(
        "(type $a (array v128))
        (func ref.null $a i32.const 0 array.get $a drop)",
    );
    stays(
        "(tag $t (param v128))
        (func block (result v128) try_table (catch $t 0) end return end drop)",
    );
    // The other field of the structure has one half.
    let other = "(type $s (struct (field i32) (field v128)))
        (func ref.null $s struct.get $s 0 drop)";
    assert!(shown(other).is_some());
    let other = "(type $a (array i8))
        (func ref.null $a i32.const 0 array.get_u $a drop)";
    assert!(shown(other).is_some());
    let other = "(tag $t (param i32))
        (func block (result i32) try_table (catch $t 0) end return end drop)";
    assert!(shown(other).is_some());
}

#[test]
fn a_memory_with_addresses_of_64_bits_stays_flat_code() {
    for access in
        ["i64.const 0 i32.load drop", "i64.const 0 i32.const 0 i32.store"]
    {
        let text = format!("(memory i64 1) (func {access})");
        assert!(shown(&text).is_none(), "{access}");
    }
    // Who doesn't touch it is not concerned.
    assert!(shown("(memory i64 1) (func)").is_some());
    assert!(shown("(memory i64 1) (func memory.size drop)").is_some());
    let fill = "(memory i64 1)
        (func i64.const 0 i32.const 0 i64.const 0 memory.fill)";
    assert!(slots(fill).contains("leave at 4 with 3"));
}

#[test]
fn a_function_with_too_many_slots_stays_flat_code() {
    let text = |locals: usize| {
        let locals = "i32 ".repeat(locals);
        format!("(func (local {locals}) i32.const 1 drop)")
    };
    assert!(shown(&text((1 << 15) - 1)).is_some());
    assert!(shown(&text(1 << 15)).is_none());
}

/// A call waits, and the machine looks at operands that are elsewhere: so there
/// they are copied.
#[test]
fn before_a_call_what_waits_is_copied_to_its_slot() {
    let text = "(func (param i32) (result i32)
        i32.const 100 local.get 0 i32.const 7 call $f i32.add i32.add)
        (func $f (param i32) (result i32) local.get 0)";
    let texts = operations(shown(text).unwrap().slots);
    let texts: Vec<_> = texts.iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        [
            "s3 = 7",
            "s1 = 100",
            "s2 = s0",
            "s3 = call 1",
            "s2 = i32.add s0 s3",
            "s0 = i32.add 100 s2",
            "return",
        ]
    );
}

#[test]
fn a_branch_over_operands_moves_what_is_in_a_slot_of_its_own() {
    insta::assert_snapshot!(slots(
        "(func (param i32) (result i32)
          block (result i32)
            i32.const 4 local.get 0 i32.clz local.get 0 br_if 0
            i32.add
          end
          i32.eqz)"
    ), @r"
    entry 0
      s2 = i32.clz s0
      br_unless l1 s0
      s1 = s2
      br l0
    l1:
      s1 = i32.add 4 s2
    l0:
    entry 1
      s0 = i32.eqz s1
      return
    ");
}
