// Runs the module that is named on the command line, prints its report, and fails if there is an error in it.
import { readFile } from 'node:fs/promises';
import { argv, exit } from 'node:process';

const { instance } = await WebAssembly.instantiate(await readFile(argv[2]), {});
const main = () => instance.exports.main(0, 0);

// What stopped the program, if it panicked or its stack was too short. Then the report says why, or is missing.
let stopped;
const report = [];
try {
  report.push(main());
} catch (error) {
  stopped = error;
  console.log(`error: ${error}`);
}
// After an overflow of the stack there is no report, and a second call would try everything again.
while (!(stopped instanceof RangeError) && report.at(-1) !== 0) report.push(main());
const text = new TextDecoder().decode(new Uint8Array(report.filter((byte) => byte !== 0)));
process.stdout.write(text);
exit(stopped || /^error/m.test(text) ? 1 : 0);
