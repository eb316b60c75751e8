// Runs exported models in ONNX Runtime and compares their outputs with Siskin's.
//
//   dotnet run -c Release --project benchmarks/Siskin.Benchmarks -- onnx-models --out DIR
//   npm install --prefix DIR --ignore-scripts onnxruntime-node
//   node benchmarks/models/check_onnx.mjs DIR
//
// Exits with 1 when a difference is above 1e-4 of the output, or of 1 where the output is smaller.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const folder = resolve(process.argv[2] ?? '.');
const ort = createRequire(`${folder}/`)('onnxruntime-node');

function tensor(input, type) {
  return type === 'int64'
    ? new ort.Tensor('int64', BigInt64Array.from(input.values, BigInt), input.dims)
    : new ort.Tensor('float32', Float32Array.from(input.values), input.dims);
}

// The examples from one on, some of them; sequences as long as given.
function part(input, first, count) {
  const width = input.dims[1] ?? 1;
  return { dims: [count, ...input.dims.slice(1)], values: input.values.slice(first * width, (first + count) * width) };
}

async function worst(session, inputs, outputs, count, first, size) {
  const feeds = {};
  for (const { name, type } of session.inputMetadata) feeds[name] = tensor(part(inputs[name], first, size), type);
  const results = await session.run(feeds);
  let largest = 0;
  const compare = (score, expected) => {
    const difference = Math.abs(score - expected) / Math.max(1, Math.abs(expected));
    largest = Math.max(largest, Number.isNaN(difference) ? Infinity : difference);
  };
  for (const [name, values] of Object.entries(outputs)) {
    const width = values.length / count;
    const scores = results[name].data;
    if (scores.length !== size * width) throw new Error(`${scores.length} numbers of ${name} for ${size} examples`);
    scores.forEach((score, i) => compare(score, values[first * width + i]));
    if (name === 'logits' && results.probabilities) {
      results.probabilities.data.forEach((probability, i) => compare(probability, 1 / (1 + Math.exp(-values[first * width + i]))));
    }
  }

  return largest;
}

let failed = false;
console.log('| model | outputs | KiB | largest difference in one batch | one example at a time |');
console.log('|---|---|--:|--:|--:|');
for (const file of readdirSync(folder).filter(name => name.endsWith('.onnx')).sort()) {
  const { count, inputs, outputs } = JSON.parse(readFileSync(`${folder}/${file.slice(0, -5)}.json`, 'utf8'));
  const session = await ort.InferenceSession.create(`${folder}/${file}`);
  const batch = await worst(session, inputs, outputs, count, 0, count);
  let single = 0;
  for (let i = 0; i < Math.min(50, count); i++) single = Math.max(single, await worst(session, inputs, outputs, count, i, 1));
  failed ||= !(Math.max(batch, single) <= 1e-4);
  const kib = Math.ceil(statSync(`${folder}/${file}`).size / 1024);
  console.log(`| ${file.slice(0, -5)} | ${session.outputNames.join(', ')} | ${kib} | ${batch.toExponential(1)} | ${single.toExponential(1)} |`);
}

process.exit(failed ? 1 : 0);
