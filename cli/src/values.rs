//! Turns words of the command line into the arguments of a call.
//!
//! A number looks as it does in the text format: `-1`, `0xff`, `1_000`, `0x1p-3`, `inf`, `nan`.

use annex_embedding::{Referent, Value, list};
use ch07_values::NumType;
use ch09_module::{CompositeType, FuncType, HeapType, Module, RefType, V128, ValType};
use wast::parser::{self, Parse, ParseBuffer};
use wast::token::{F32, F64};

use crate::terminal::{printable, shortened};

/// The values of these words, each of the type that the function takes.
///
/// # Errors
///
/// Says what the function takes, and which argument has another type.
pub fn values(
    module: &Module,
    name: &str,
    ty: &FuncType,
    words: &[String],
) -> Result<Vec<Value>, String> {
    let takes = match ty.params.len() {
        0 => format!("`{}` takes no arguments", printable(name)),
        _ => format!("`{}` takes {}", printable(name), list(&ty.params)),
    };
    if words.len() != ty.params.len() {
        return Err(format!("{takes}; {}", given(words.len())));
    }
    let mut values = Vec::new();
    for (position, (word, ty)) in words.iter().zip(&ty.params).enumerate() {
        let value = value(module, *ty, word).map_err(|wrong| {
            let position = ordinal(position + 1);
            let word = printable(&shortened(word, 40));
            format!("{takes}; the {position} argument `{word}` {wrong}")
        })?;
        values.push(value);
    }
    Ok(values)
}

fn given(count: usize) -> String {
    match count {
        0 => "none is given".to_owned(),
        1 => "1 is given".to_owned(),
        _ => format!("{count} are given"),
    }
}

fn ordinal(number: usize) -> String {
    const WORDS: [&str; 6] = ["first", "second", "third", "fourth", "fifth", "sixth"];
    let tens = number % 100 / 10;
    match (WORDS.get(number - 1), number % 10, tens) {
        (Some(word), ..) => (*word).to_owned(),
        (None, 1, 0 | 2..) => format!("{number}st"),
        (None, 2, 0 | 2..) => format!("{number}nd"),
        (None, 3, 0 | 2..) => format!("{number}rd"),
        _ => format!("{number}th"),
    }
}

/// The value of a word, or what is wrong with it: `is no i32`.
pub fn value(module: &Module, ty: ValType, word: &str) -> Result<Value, String> {
    let number = match ty {
        ValType::Num(NumType::I32) => parse::<i32>(word).map(Value::from),
        ValType::Num(NumType::I64) => parse::<i64>(word).map(Value::from),
        ValType::Num(NumType::F32) => {
            let parsed = parse::<F32>(word).map(|float| f32::from_bits(float.bits));
            parsed.or_else(|| finite::<f32>(word)).map(Value::from)
        }
        ValType::Num(NumType::F64) => {
            let parsed = parse::<F64>(word).map(|float| f64::from_bits(float.bits));
            parsed.or_else(|| finite::<f64>(word)).map(Value::from)
        }
        ValType::V128 => bits(word).map(|bits| Value::V128(V128(bits))),
        ValType::Ref(ty) => return reference(module, ty, word),
    };
    number.ok_or_else(|| match ty {
        ValType::Num(NumType::I32) if is_integer(word) => {
            "is out of the range of an i32, -2147483648 to 4294967295".to_owned()
        }
        ValType::Num(NumType::I64) if is_integer(word) => {
            "is out of the range of an i64, -9223372036854775808 to 18446744073709551615".to_owned()
        }
        ValType::V128 => "is no v128; write its 128 bits as one number, 0x…".to_owned(),
        _ => format!("is no {ty}"),
    })
}

/// A word as the text format reads it.
fn parse<T: for<'a> Parse<'a>>(word: &str) -> Option<T> {
    // The parser would skip white space and comments.
    if word.contains(|char: char| char.is_whitespace() || char == ';' || char == '(') {
        return None;
    }
    let buffer = ParseBuffer::new(word).ok()?;
    parser::parse(&buffer).ok()
}

/// A float such as `.5`, which other languages accept and the text format doesn't. A number that is
/// too large for the type is refused, so that it doesn't become infinite.
fn finite<T: std::str::FromStr + Into<f64>>(word: &str) -> Option<T> {
    let digits = word.starts_with(|char: char| "+-.".contains(char) || char.is_ascii_digit());
    let float = word.parse::<T>().ok().filter(|_| digits)?;
    let copy: f64 = word.parse::<T>().ok()?.into();
    copy.is_finite().then_some(float)
}

/// Whether a word is an integer of any size.
fn is_integer(word: &str) -> bool {
    let word = word.strip_prefix(['-', '+']).unwrap_or(word);
    match word.strip_prefix("0x") {
        Some(digits) => !digits.is_empty() && digits.chars().all(|digit| digit.is_ascii_hexdigit()),
        None => !word.is_empty() && word.chars().all(|digit| digit.is_ascii_digit()),
    }
}

/// 128 bits as one number.
fn bits(word: &str) -> Option<u128> {
    match word.strip_prefix("0x") {
        Some(digits) => u128::from_str_radix(&digits.replace('_', ""), 16).ok(),
        None => word.parse().ok(),
    }
}

/// A reference, which is `null`, or, for an `externref`, a number.
fn reference(module: &Module, ty: RefType, word: &str) -> Result<Value, String> {
    let null = match ty.heap {
        HeapType::Func | HeapType::NoFunc => Value::FuncRef(None),
        HeapType::Extern | HeapType::NoExtern => Value::ExternRef(None),
        HeapType::Exn | HeapType::NoExn => Value::ExnRef(None),
        HeapType::Concrete(index) => match module.ty(index).map(|ty| &ty.composite) {
            Some(CompositeType::Func(_)) => Value::FuncRef(None),
            _ => Value::AnyRef(None),
        },
        _ => Value::AnyRef(None),
    };
    match (word, ty.heap) {
        ("null", _) if ty.nullable => Ok(null),
        ("null", _) => Err(format!("is no {ty}, which can't be null")),
        (_, HeapType::Extern) => match parse::<u32>(word) {
            Some(number) => Ok(Value::ExternRef(Some(Referent::Host(number)))),
            None => Err(format!("is no {ty}; write `null` or a number")),
        },
        _ if ty.nullable => Err(format!("is no {ty}; only `null` can be written here")),
        _ => Err(format!("is no {ty}; there is no way to write one here")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(ty: &str, word: &str) -> Result<Value, String> {
        let text = format!("(type $point (struct)) (func (export \"f\") (param {ty}))");
        let module = Module::from_text(&text).unwrap();
        let function = module.function_types().next().unwrap();
        let ty = module.func_type(function).unwrap();
        values(&module, "f", ty, &[word.to_owned()]).map(|values| values[0])
    }

    fn shown(ty: &str, word: &str) -> String {
        one(ty, word).unwrap().to_string()
    }

    #[test]
    fn integers_have_a_sign_or_none() {
        assert_eq!(shown("i32", "7"), "i32 7");
        assert_eq!(shown("i32", "-2147483648"), "i32 -2147483648");
        assert_eq!(shown("i32", "4294967295"), "i32 -1");
        assert_eq!(shown("i32", "+1_000"), "i32 1000");
        assert_eq!(shown("i32", "0xff"), "i32 255");
        assert_eq!(shown("i32", "-0x10"), "i32 -16");
        assert_eq!(shown("i32", "0xffffffff"), "i32 -1");
        assert_eq!(shown("i64", "18446744073709551615"), "i64 -1");
        assert_eq!(shown("i64", "-9223372036854775808"), "i64 -9223372036854775808");
    }

    #[test]
    fn floats_keep_their_bits() {
        assert_eq!(one("f64", "1.5"), Ok(1.5_f64.into()));
        assert_eq!(one("f64", "7"), Ok(7.0_f64.into()));
        assert_eq!(one("f64", "-0"), Ok((-0.0_f64).into()));
        assert_eq!(one("f64", "1e300"), Ok(1e300_f64.into()));
        assert_eq!(one("f64", ".5"), Ok(0.5_f64.into()));
        assert_eq!(one("f64", "-5."), Ok((-5.0_f64).into()));
        assert_eq!(one("f64", "0x1p-3"), Ok(0.125_f64.into()));
        assert_eq!(one("f64", "-inf"), Ok(f64::NEG_INFINITY.into()));
        assert_eq!(one("f32", "inf"), Ok(f32::INFINITY.into()));
        assert_eq!(one("f32", "nan"), Ok(f32::from_bits(0x7fc0_0000).into()));
        assert_eq!(one("f64", "-nan"), Ok(f64::from_bits(0xfff8_0000_0000_0000).into()));
        assert_eq!(one("f32", "nan:0x200000"), Ok(f32::from_bits(0x7fa0_0000).into()));
        assert_eq!(one("f32", "0.1"), Ok(0.1_f32.into()));
    }

    #[test]
    fn vectors_and_references_have_words_too() {
        assert_eq!(one("v128", "0x0001_0000"), Ok(Value::V128(V128(0x10000))));
        assert_eq!(shown("externref", "7"), "externref 7");
        assert_eq!(one("funcref", "null"), Ok(Value::FuncRef(None)));
        assert_eq!(one("(ref null $point)", "null"), Ok(Value::AnyRef(None)));
    }

    #[test]
    fn a_word_of_another_type_is_refused() {
        let wrong = |ty: &str, word: &str| {
            let text = one(ty, word).unwrap_err();
            text.split("argument ").nth(1).unwrap().to_owned()
        };
        for word in ["x", "", "1.5", " 1", "1;;", "--1", "0x", "inf", "(;;)1"] {
            assert_eq!(wrong("i32", word), format!("`{word}` is no i32"));
        }
        for word in ["x", "", "infinity", "NaN", "1e", "1e999", "nan:0x0", "0x"] {
            assert_eq!(wrong("f64", word), format!("`{word}` is no f64"));
        }
        for word in ["4294967296", "-2147483649", "0x100000000"] {
            let range = "is out of the range of an i32, -2147483648 to 4294967295";
            assert_eq!(wrong("i32", word), format!("`{word}` {range}"));
        }
        assert_eq!(wrong("v128", "-1"), "`-1` is no v128; write its 128 bits as one number, 0x…");
        assert_eq!(wrong("funcref", "7"), "`7` is no funcref; only `null` can be written here");
        assert_eq!(wrong("(ref func)", "null"), "`null` is no (ref func), which can't be null");
    }

    #[test]
    fn a_message_names_the_types_and_the_argument() {
        let module = Module::from_text("(func (param i32 i32))").unwrap();
        let ty = module.func_type(module.functions[0].ty).unwrap();
        let words = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            values(&module, "add", ty, &words).unwrap_err()
        };
        assert_eq!(words(&["1", "x"]), "`add` takes (i32, i32); the second argument `x` is no i32");
        assert_eq!(words(&["1"]), "`add` takes (i32, i32); 1 is given");
        assert_eq!(words(&[]), "`add` takes (i32, i32); none is given");
        assert_eq!(
            values(&module, "f", &FuncType::default(), &["1".into(), "2".into()]).unwrap_err(),
            "`f` takes no arguments; 2 are given"
        );
    }

    #[test]
    fn positions_are_counted_in_words() {
        let words = [1, 6, 7, 11, 21, 22, 23, 112, 121].map(ordinal);
        let wanted = ["first", "sixth", "7th", "11th", "21st", "22nd", "23rd", "112th", "121st"];
        assert_eq!(words, wanted);
    }
}
