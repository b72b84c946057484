// ONNX Runtime with all its optimisations, as worker.py does it for Python.
'use strict';

const fs = require('fs');
const path = require('path');
const readline = require('readline');
const ort = require(path.join(process.env.PEERS_BUILD, 'node_modules', 'onnxruntime-node'));

async function main() {
  const [name, zoo, input, shape, threads, seconds] = process.argv.slice(2);
  const dims = shape.split('x').map(Number);
  const bytes = fs.readFileSync(input);
  const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const session = await ort.InferenceSession.create(path.join(zoo, `${name}.onnx`), {
    intraOpNumThreads: Number(threads),
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
  });
  const feeds = { input: new ort.Tensor('float32', values, dims) };
  const run = () => session.run(feeds);

  const { logits } = await run();
  console.log(JSON.stringify(Array.from(logits.data)));
  for (let i = 0; i < 3; i++) await run();

  for await (const line of readline.createInterface({ input: process.stdin })) {
    const times = [];
    const end = performance.now() + Number(seconds) * 1e3;
    while (performance.now() < end || times.length < 3) {
      const begin = performance.now();
      await run();
      times.push((performance.now() - begin) / dims[0]);
    }
    times.sort((a, b) => a - b);
    console.log((times[(times.length - 1) >> 1] + times[times.length >> 1]) / 2);
  }
}

main();
