//! What the official suite of version 1.0 does not ask about branches.

use annex_validation::validate;
use ch09_module::Module;

fn check(text: &str) -> Result<(), String> {
    let module = Module::decode(&wat::parse_str(text).unwrap()).unwrap();
    validate(&module).map_err(|error| error.to_string())
}

#[test]
fn each_label_of_a_branch_table_must_fit_the_operands() {
    let table = |labels: &str| {
        check(&format!(
            "(module (func (result f64)
              block (result i32)
                block (result f64)
                  f64.const 0.5
                  i32.const 0
                  br_table {labels}
                end
                return
              end
              drop
              f64.const 1))"
        ))
    };
    assert_eq!(table("0 2 0"), Ok(()));
    let wrong = Err("in function 0 at 0.0.2, br_table 1 0: \
        type mismatch: expected [i32], found [f64]"
        .to_owned());
    assert_eq!(table("1 0"), wrong);
    assert!(table("0 1 2").is_err());
    assert!(table("0 1").is_err());
}
