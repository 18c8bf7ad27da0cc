// Reads the messages of message.py. It stands in front of every view's own code.

const TYPED_ARRAYS = {
  uint8: Uint8Array, uint32: Uint32Array,
  int8: Int8Array, int16: Int16Array, int32: Int32Array, float32: Float32Array,
};

async function inflate(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).arrayBuffer();
}

/** The header of a message, with its arrays as [{values, shape}]. */
async function readMessage(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  const payload = await inflate(bytes.subarray(4 + length));
  header.arrays = header.arrays.map(({ dtype, shape, offset }) => {
    const count = shape.reduce((product, side) => product * side, 1);
    if (dtype === "uint16") return { shape, values: joinBytes(payload, offset, count) };
    return { shape, values: new TYPED_ARRAYS[dtype](payload, offset, count) };
  });
  return header;
}

/** uint16 values, which travel as their low bytes and then their high bytes. */
function joinBytes(payload, offset, count) {
  const bytes = new Uint8Array(payload, offset, 2 * count);
  const values = new Uint16Array(count);
  for (let i = 0; i < count; i++) values[i] = bytes[i] | (bytes[count + i] << 8);
  return values;
}

function sameBytes(one, other) {
  if (!one || one.length !== other.length) return false;
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false;
  return true;
}
