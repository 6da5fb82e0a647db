// Runs the module that is named on the command line, and ends as it does.
import { readFile } from 'node:fs/promises';
import { argv, exit } from 'node:process';

const { instance } = await WebAssembly.instantiate(await readFile(argv[2]), {});
const code = instance.exports.main(0, 0);
console.log(code ? `program ${code} of tests/wasm32 did not end as it should` : 'every program ended as it should');
exit(code);
