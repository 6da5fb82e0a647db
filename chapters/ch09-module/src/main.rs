//! Shows what is in a module: its imports, its exports, and a function.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::{env, fmt};

use ch09_module::{ExportItem, FuncIdx, Module, ModuleError};

const USAGE: &str = "usage: ch09-module [FILE] [--function NAME|INDEX]";

fn main() -> ExitCode {
    let complaint = match run(env::args_os().skip(1)) {
        Ok(text) => match io::stdout().write_all(text.as_bytes()) {
            Ok(()) => return ExitCode::SUCCESS,
            // The reader has closed the pipe: `ch09-module … | head`.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                return ExitCode::SUCCESS;
            }
            Err(error) => Complaint::Failure(format!("cannot write: {error}")),
        },
        Err(complaint) => complaint,
    };
    // If not even this can be written, the exit code tells.
    match complaint {
        Complaint::Usage(what) => {
            let _ = writeln!(io::stderr(), "error: {what}\n{USAGE}");
            ExitCode::from(2)
        }
        Complaint::Failure(what) => {
            let _ = writeln!(io::stderr(), "error: {what}");
            ExitCode::FAILURE
        }
    }
}

/// Why there is nothing to show.
enum Complaint {
    /// The command makes no sense.
    Usage(String),
    /// The command makes sense, and fails.
    Failure(String),
}

impl From<ModuleError> for Complaint {
    fn from(error: ModuleError) -> Complaint {
        Complaint::Failure(error.to_string())
    }
}

/// What the command line asks for.
#[derive(Default)]
struct Request {
    file: Option<PathBuf>,
    function: Option<String>,
}

fn run(arguments: impl Iterator<Item = OsString>) -> Result<String, Complaint> {
    let request = parse(arguments)?;
    let (title, module) = match &request.file {
        Some(file) => {
            (format!(";; {}", file.display()), Module::from_file(file)?)
        }
        None => {
            let sample = Module::from_text(include_str!("sample.wat"))?;
            let title = ";; A small sample. \
                 `ch09-module FILE` shows a module of yours.";
            (title.to_owned(), sample)
        }
    };
    let function = match &request.function {
        Some(wanted) => Some(find(&module, wanted)?),
        None => first_exported(&module),
    };
    let mut text = format!("{title}\n");
    report(&module, function, &mut text)
        .map_err(|error| Complaint::Failure(error.to_string()))?;
    Ok(text)
}

fn parse(
    mut arguments: impl Iterator<Item = OsString>,
) -> Result<Request, Complaint> {
    let mut request = Request::default();
    while let Some(argument) = arguments.next() {
        if argument == "--function" {
            let function = arguments.next();
            let missing = || {
                Complaint::Usage(
                    "`--function` expects a name or an index".to_owned(),
                )
            };
            let function = function.ok_or_else(missing)?.into_string();
            request.function = Some(function.map_err(|function| {
                Complaint::Usage(format!(
                    "`{}` is not UTF-8",
                    function.display()
                ))
            })?);
        } else if argument.as_encoded_bytes().starts_with(b"-") {
            return Err(Complaint::Usage(format!(
                "unknown option `{}`",
                argument.display()
            )));
        } else if request.file.is_none() {
            request.file = Some(argument.into());
        } else {
            return Err(Complaint::Usage(format!(
                "one file is enough: `{}`",
                argument.display()
            )));
        }
    }
    Ok(request)
}

/// The function of an index, of an exported name, or of a name in the name
/// section.
fn find(module: &Module, wanted: &str) -> Result<FuncIdx, Complaint> {
    let count = module.function_types().count();
    let by_index = wanted.parse().ok().map(FuncIdx);
    let by_index = by_index.filter(|function| function.index() < count);
    let by_export =
        || module.exports.iter().find(|export| export.name == wanted);
    let by_export = || match by_export()?.item {
        ExportItem::Func(function) => Some(function),
        _ => None,
    };
    let name = wanted.strip_prefix('$').unwrap_or(wanted);
    let by_name =
        || module.names.functions.iter().find(|(_, known)| *known == name);
    let by_name = || by_name().map(|(function, _)| *function);
    by_index.or_else(by_export).or_else(by_name).ok_or_else(|| {
        Complaint::Failure(format!(
            "no function `{wanted}` among the {count} of the module"
        ))
    })
}

fn first_exported(module: &Module) -> Option<FuncIdx> {
    module.exports.iter().find_map(|export| match export.item {
        ExportItem::Func(function) => Some(function),
        _ => None,
    })
}

fn report(
    module: &Module,
    function: Option<FuncIdx>,
    out: &mut impl fmt::Write,
) -> fmt::Result {
    writeln!(out, "\n;; imports: {}", module.imports.len())?;
    for (item, import) in module.imported_items() {
        writeln!(out, "{}", module.import_text(item, import))?;
    }
    writeln!(out, "\n;; exports: {}", module.exports.len())?;
    for export in &module.exports {
        writeln!(out, "{}", module.export_text(export))?;
    }
    match function {
        Some(function) => {
            let count = module.function_types().count();
            writeln!(out, "\n;; function {function} of {count}")?;
            writeln!(out, "{}", module.function_text(function))
        }
        None => writeln!(out, "\n;; no function is exported"),
    }
}
