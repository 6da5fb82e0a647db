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
        ("  return x", Prompt::More("  ".to_owned()), ""),
        ("", Prompt::First, ""),
        ("f()", Prompt::First, "5\n"),
        ("len('äö€🚀')", Prompt::First, "4\n"),
        ("'ä'", Prompt::First, "'\\xe4'\n"),
        ("print(r'é', '日本', len(b'ü'))", Prompt::First, "é 日本 2\n"),
        ("größe = 3; größe", Prompt::First, "3\n"),
        ("print('a\tb') # ü", Prompt::First, "a\tb\n"),
        ("print('no line end', end='')", Prompt::First, "no line end"),
        ("import sys", Prompt::First, ""),
        ("sys.exit(3)", Prompt::Over(3), ""),
        ("sys.exit()", Prompt::Over(0), ""),
        ("sys.exit('no: way')", Prompt::Over(1), "no: way\n"),
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
    assert_eq!(
        text,
        "Traceback (most recent call last):\n  \
         File \"<stdin>\", line 1, in <module>\n\
         ZeroDivisionError: divide by zero\n"
    );
    python.line("(1 +*").expect("it goes on");
    python.give_up();
    python.line("1 +* 2").expect("it goes on");
    let text = printed.take();
    assert!(text.ends_with("SyntaxError: invalid syntax\n"), "{text}");
    assert!(!text.contains("<string>"), "{text}");
    python.line("if True:").expect("it goes on");
    python.give_up();
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

/// As in a program, no empty line is needed between them.
#[test]
fn several_lines_are_pasted() {
    let Some((mut python, printed)) = python() else { return };
    let lines = "\
def f(x):
    if x:
        return 'yes'

    else:
        return 'no'
f(1)
for x in 0, 1:
    f(x)
try:
    1/0
except ZeroDivisionError:
    (1,
2)
[
3]
";
    python.lines(lines).expect("it goes on");
    assert_eq!(printed.take(), "'yes'\n'no'\n'yes'\n(1, 2)\n[3]\n");
    let prompt = python.lines("if 1:\n    5").expect("it goes on");
    assert_eq!(prompt, Prompt::More("    ".to_owned()));
    assert_eq!(python.line("").expect("it goes on"), Prompt::First);
    assert_eq!(printed.take(), "5\n");
    let prompt = python.lines("import sys\nsys.exit(7)\nprint(1)");
    assert_eq!(prompt.expect("it goes on"), Prompt::Over(7));
    assert_eq!(printed.take(), "");
}
