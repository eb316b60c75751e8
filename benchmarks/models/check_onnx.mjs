// Runs exported models in ONNX Runtime and compares their logits and probabilities with Siskin's.
//
//   dotnet run -c Release --project benchmarks/Siskin.Benchmarks -- onnx-models --out DIR
//   npm install --prefix DIR onnxruntime-node
//   node benchmarks/models/check_onnx.mjs DIR
//
// Exits with 1 when a difference is above 1e-4.

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

async function worst(session, inputs, logits, first, count) {
  const feeds = {};
  for (const { name, type } of session.inputMetadata) feeds[name] = tensor(part(inputs[name], first, count), type);
  const outputs = await session.run(feeds);
  const scores = Array.from(outputs.logits.data);
  if (scores.length !== count) throw new Error(`${scores.length} logits for ${count} examples`);
  let [logit, probability] = [0, 0];
  scores.forEach((score, i) => {
    const expected = logits[first + i];
    logit = Math.max(logit, Number.isNaN(score) ? Infinity : Math.abs(score - expected));
    probability = Math.max(probability, Math.abs(outputs.probabilities.data[i] - 1 / (1 + Math.exp(-expected))));
  });
  return [logit, probability];
}

let failed = false;
console.log('| model | KiB | in one batch: largest difference of logits | of probabilities | one example at a time |');
console.log('|---|--:|--:|--:|--:|');
for (const file of readdirSync(folder).filter(name => name.endsWith('.onnx')).sort()) {
  const { inputs, logits } = JSON.parse(readFileSync(`${folder}/${file.slice(0, -5)}.json`, 'utf8'));
  const session = await ort.InferenceSession.create(`${folder}/${file}`);
  const [logit, probability] = await worst(session, inputs, logits, 0, logits.length);
  let single = 0;
  for (let i = 0; i < Math.min(50, logits.length); i++) single = Math.max(single, ...await worst(session, inputs, logits, i, 1));
  failed ||= !(Math.max(logit, probability, single) <= 1e-4);
  const kib = Math.ceil(statSync(`${folder}/${file}`).size / 1024);
  console.log(`| ${file.slice(0, -5)} | ${kib} | ${logit.toExponential(1)} | ${probability.toExponential(1)} | ${single.toExponential(1)} |`);
}

process.exit(failed ? 1 : 0);
