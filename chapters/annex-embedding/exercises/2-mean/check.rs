//! As many numbers as the function was made for, and no others.

use annex_embedding::{Engine, Error, Switchboard, Value};
use ch07_values::Trap;

use super::mean;

fn of(numbers: &[f64]) -> Result<Vec<Value>, Error> {
    let mut engine = Switchboard::default();
    let mean = engine.add_function(mean(numbers.len()));
    let numbers: Vec<Value> = numbers.iter().map(|x| (*x).into()).collect();
    engine.invoke(mean, &numbers)
}

#[test]
fn the_type_has_one_parameter_per_number() {
    assert_eq!(mean(1).ty().to_string(), "(param f64) (result f64)");
    assert_eq!(mean(3).ty().to_string(), "(param f64 f64 f64) (result f64)");
}

#[test]
fn the_mean_is_the_sum_divided_by_the_count() {
    assert_eq!(of(&[7.0]).unwrap(), [7.0.into()]);
    assert_eq!(of(&[1.0, 2.0]).unwrap(), [1.5.into()]);
    assert_eq!(of(&[1.0, 2.0, 3.0, 6.0]).unwrap(), [3.0.into()]);
    assert_eq!(of(&[0.25; 100]).unwrap(), [0.25.into()]);
}

#[test]
fn other_arguments_are_refused() {
    let mut engine = Switchboard::default();
    let mean = engine.add_function(mean(2));
    for wrong in [&[][..], &[1.0.into()], &[1.0.into(), 2.into()]] {
        let error = engine.invoke(mean, wrong).unwrap_err();
        assert!(matches!(error, Error::Call(_)), "{error}");
    }
}

#[test]
fn no_numbers_have_no_mean() {
    let error = of(&[]).unwrap_err();
    assert_eq!(error.trap(), Some(Trap::Host));
    assert!(error.to_string().ends_with("the mean of no numbers"), "{error}");
}
