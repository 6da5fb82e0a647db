//! A conversation, line by line.

use ch24_python::{Prompt, Settings};

use crate::{python, python_with};

#[test]
fn lines_are_answered() {
    let Some((mut python, printed)) = python() else { return };
    python.start_repl().expect("it greets");
    assert!(printed.take().starts_with("MicroPython v1"));
    let indented = Prompt::More("    ".to_owned());
    for (line, prompt, answer) in [
        ("1 + 1", Prompt::First, "2\n"),
        ("x = 5", Prompt::First, ""),
        ("for i in range(2):", indented.clone(), ""),
        ("    print(i)", indented.clone(), ""),
        ("", Prompt::First, "0\n1\n"),
        ("def f():", indented, ""),
        ("  return x", Prompt::More(String::new()), ""),
        ("", Prompt::First, ""),
        ("f()", Prompt::First, "5\n"),
        ("len('äö€🚀')", Prompt::First, "4\n"),
        ("'ä'", Prompt::First, "'\\xe4'\n"),
        ("print('a\tb')", Prompt::First, "a    b\n"),
        ("import sys", Prompt::First, ""),
        ("sys.exit()", Prompt::Over, ""),
    ] {
        assert_eq!(python.line(line).expect("it goes on"), prompt, "{line}");
        assert_eq!(printed.take().replace('\r', ""), answer, "{line}");
    }
}

#[test]
fn a_mistake_is_printed_and_the_conversation_goes_on() {
    let Some((mut python, printed)) = python() else { return };
    python.start_repl().expect("it greets");
    printed.take();
    assert_eq!(python.line("1/0").expect("it goes on"), Prompt::First);
    let text = printed.take();
    assert!(text.starts_with("Traceback"), "{text}");
    assert!(text.trim_end().ends_with("ZeroDivisionError: divide by zero"));
    python.line("if True:").expect("it goes on");
    python.give_up().expect("it goes on");
    assert_eq!(python.line("7").expect("it goes on"), Prompt::First);
    assert_eq!(printed.take().trim(), "7");
}

#[test]
fn names_are_completed() {
    let Some((mut python, _)) = python_with(Settings::new()) else { return };
    python.exec("import sys\nprimes = 1").expect("it runs");
    let mut complete = |text| python.complete(text).expect("it answers");
    assert_eq!(complete("pri"), ["primes", "print"]);
    assert_eq!(complete("sys.ar"), ["sys.argv"]);
    assert_eq!(complete("''.star"), ["''.startswith"]);
    assert!(complete("nobody.").is_empty());
    assert!(!complete("sys.").contains(&"sys.__class__".to_owned()));
}
