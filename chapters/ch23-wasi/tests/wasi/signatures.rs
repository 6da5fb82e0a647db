//! The functions of the specification, and their types, written down from
//! `wasi_snapshot_preview1.witx`.

use ch22_embed::{Engine, Extern, Linker, Store, ValType};
use ch23_wasi::{WasiCtx, add_to_linker};

/// Name, parameters, results: `i` stands for `i32`, `l` for `i64`.
pub const FUNCTIONS: &[(&str, &str, &str)] = &[
    ("args_get", "ii", "i"),
    ("args_sizes_get", "ii", "i"),
    ("environ_get", "ii", "i"),
    ("environ_sizes_get", "ii", "i"),
    ("clock_res_get", "ii", "i"),
    ("clock_time_get", "ili", "i"),
    ("fd_advise", "illi", "i"),
    ("fd_allocate", "ill", "i"),
    ("fd_close", "i", "i"),
    ("fd_datasync", "i", "i"),
    ("fd_fdstat_get", "ii", "i"),
    ("fd_fdstat_set_flags", "ii", "i"),
    ("fd_fdstat_set_rights", "ill", "i"),
    ("fd_filestat_get", "ii", "i"),
    ("fd_filestat_set_size", "il", "i"),
    ("fd_filestat_set_times", "illi", "i"),
    ("fd_pread", "iiili", "i"),
    ("fd_prestat_get", "ii", "i"),
    ("fd_prestat_dir_name", "iii", "i"),
    ("fd_pwrite", "iiili", "i"),
    ("fd_read", "iiii", "i"),
    ("fd_readdir", "iiili", "i"),
    ("fd_renumber", "ii", "i"),
    ("fd_seek", "ilii", "i"),
    ("fd_sync", "i", "i"),
    ("fd_tell", "ii", "i"),
    ("fd_write", "iiii", "i"),
    ("path_create_directory", "iii", "i"),
    ("path_filestat_get", "iiiii", "i"),
    ("path_filestat_set_times", "iiiilli", "i"),
    ("path_link", "iiiiiii", "i"),
    ("path_open", "iiiiillii", "i"),
    ("path_readlink", "iiiiii", "i"),
    ("path_remove_directory", "iii", "i"),
    ("path_rename", "iiiiii", "i"),
    ("path_symlink", "iiiii", "i"),
    ("path_unlink_file", "iii", "i"),
    ("poll_oneoff", "iiii", "i"),
    ("proc_exit", "i", ""),
    ("proc_raise", "i", "i"),
    ("random_get", "ii", "i"),
    ("sched_yield", "", "i"),
    ("sock_accept", "iii", "i"),
    ("sock_recv", "iiiiii", "i"),
    ("sock_send", "iiiii", "i"),
    ("sock_shutdown", "ii", "i"),
];

fn letters(types: &[ValType]) -> String {
    let letter = |ty: &ValType| match ty {
        ValType::I32 => 'i',
        ValType::I64 => 'l',
        _ => '?',
    };
    types.iter().map(letter).collect()
}

#[test]
fn each_function_of_the_specification_has_its_type() {
    let engine = Engine::default();
    let mut linker = Linker::<WasiCtx>::new(&engine);
    add_to_linker(&mut linker, |wasi| wasi).expect("no name is taken");
    let mut store = Store::new(&engine, WasiCtx::builder().build());
    for module in ["wasi_snapshot_preview1", "wasi_unstable"] {
        for (name, params, results) in FUNCTIONS {
            let item = linker.get(&mut store, module, name);
            let Some(Extern::Func(function)) = item else {
                panic!("{module} {name} isn't defined")
            };
            let ty = function.ty(&store);
            assert_eq!(letters(ty.params()), *params, "{module} {name}");
            assert_eq!(letters(ty.results()), *results, "{module} {name}");
        }
    }
}
