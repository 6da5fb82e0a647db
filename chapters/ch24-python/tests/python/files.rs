//! Files in directories that were granted, and none elsewhere.

use std::fs;

use ch23_wasi::{DirPerms, MemoryInputPipe};
use ch24_python::{Failed, Settings};

use crate::{python, python_with};

#[test]
fn python_writes_reads_and_lists_files() {
    let folder = tempfile::tempdir().expect("there is room");
    let settings =
        Settings::new().directory(folder.path(), "/", DirPerms::ReadWrite);
    let made = python_with(settings.expect("it's there"));
    let Some((mut python, printed)) = made else { return };
    let code = "
import os
os.mkdir('data')
with open('data/a.txt', 'w') as file:
    file.write('one\\ntwo\\n')
with open('data/a.txt', 'a') as file:
    file.write('three\\n')
os.chdir('data')
print(os.getcwd(), os.listdir(), os.stat('a.txt')[6])
with open('/data/a.txt') as file:
    print(file.readline().strip(), file.read().split())
    file.seek(4)
    print(file.read(3))
os.rename('a.txt', '../b.txt')
print(os.listdir('.'), os.listdir('/'))
os.rmdir('/data')
for n in range(30):
    open('/%d' % n, 'wb').close()
os.chdir('/')
print(len(os.listdir('/')))
os.remove('b.txt')
print(len(os.listdir('/')))
";
    python.exec(code).expect("it runs");
    assert_eq!(
        printed.take(),
        "/data ['a.txt'] 14\none ['two', 'three']\ntwo\n\
         [] ['b.txt', 'data']\n31\n30\n"
    );
    assert_eq!(fs::read_dir(folder.path()).expect("it's there").count(), 30);
}

#[test]
fn python_imports_its_own_files() {
    let folder = tempfile::tempdir().expect("there is room");
    fs::write(folder.path().join("mine.py"), "x = 41\n").expect("room");
    let settings =
        Settings::new().directory(folder.path(), "/", DirPerms::ReadOnly);
    let made = python_with(settings.expect("it's there"));
    let Some((mut python, _)) = made else { return };
    python.exec("import mine").expect("it's there");
    assert_eq!(python.eval("mine.x + 1").expect("a value"), "42");
}

#[test]
fn nothing_else_can_be_reached() {
    let folder = tempfile::tempdir().expect("there is room");
    fs::write(folder.path().join("secret"), "s").expect("there is room");
    fs::create_dir(folder.path().join("in")).expect("there is room");
    let granted = folder.path().join("in");
    let settings =
        Settings::new().directory(granted, "/in", DirPerms::ReadOnly);
    let made = python_with(settings.expect("it's there"));
    let Some((mut python, _)) = made else { return };
    let secret = folder.path().join("secret");
    for path in ["/secret", "/in/../secret", "../secret", "/in/new"]
        .map(str::to_owned)
        .into_iter()
        .chain([secret.display().to_string()])
    {
        let mode = if path == "/in/new" { "w" } else { "r" };
        match python.exec(&format!("open('{path}', '{mode}')")) {
            Err(Failed::Exception(error)) => {
                assert_eq!(error.class, "OSError", "{path}: {error}");
            }
            other => panic!("{path}: {other:?}"),
        }
    }
}

#[test]
fn input_reads_lines_until_there_are_none() {
    let input = MemoryInputPipe::new("Ada\nlast");
    let settings = Settings::new().input(input).arguments(["name", "it's"]);
    let Some((mut python, printed)) = python_with(settings) else { return };
    let code = "
import sys
print(sys.argv)
print('Hello ' + input('name? '))
print(input())
try:
    input()
except EOFError:
    print('end')
";
    python.exec(code).expect("it runs");
    assert_eq!(
        printed.take(),
        "['name', \"it's\"]\nname? Hello Ada\nlast\nend\n"
    );
}

#[test]
fn a_python_that_was_granted_nothing_has_no_files() {
    let Some((mut python, _)) = python() else { return };
    assert!(python.exec("open('a', 'w')").is_err());
    assert!(python.exec("import os; os.listdir('/')").is_err());
}
