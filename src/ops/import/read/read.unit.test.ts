import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type OpenFileOptions, openRecordFile } from './open-file.ts';
import type { SourceRecord } from './source.ts';

const folder = mkdtempSync(join(tmpdir(), 'historybook-read-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let made = 0;
function file(content: string | Buffer, ending = 'csv'): string {
  made += 1;
  const path = join(folder, `${made}.${ending}`);
  writeFileSync(path, content);
  return path;
}

async function read(path: string, options: Partial<OpenFileOptions> = {}) {
  const opened = await openRecordFile(path, { mapping: {}, ...options });
  const records: SourceRecord[] = [];
  for await (const record of opened.read(opened.start)) records.push(record);
  return { ...opened, records };
}

const values = ({ records }: { records: readonly SourceRecord[] }) =>
  records.map((record) => ('values' in record ? record.values : record.flaw));

/** Reads on from behind every record and expects the rest each time. */
async function expectToReadOnFromAnywhere(path: string): Promise<void> {
  const whole = await read(path);
  for (const [i, { index, endsAt, line }] of whole.records.entries()) {
    const rest: SourceRecord[] = [];
    for await (const record of whole.read({ records: index + 1, bytes: endsAt, lines: line })) rest.push(record);
    expect(rest.map((r) => ('values' in r ? r.values : r.flaw))).toEqual(values(whole).slice(i + 1));
    expect(rest.map((r) => r.index)).toEqual(whole.records.slice(i + 1).map((r) => r.index));
  }
}

describe('CSV', () => {
  const MESSY = '\ufeffa,b\r\n1,"x\r\n""y"""\r\n\r\n2,é\n3,"bro"ken\n4,5,6\n7,"fine",,\n  ,\n8,last';

  it('is read whatever its line ends, quotes and blank lines; a record of another length is told', async () => {
    const opened = await read(file(MESSY));
    expect(opened.columns).toEqual(['a', 'b']);
    expect(values(opened)).toEqual([
      { a: '1', b: 'x\r\n"y"' },
      { a: '2', b: 'é' },
      { a: '3', b: '"bro"ken' },
      expect.stringContaining('has 3 cells, the header 2'),
      { a: '7', b: 'fine' },
      { a: '  ', b: '' },
      { a: '8', b: 'last' },
    ]);
  });

  it('is read on from behind any record', () => expectToReadOnFromAnywhere(file(MESSY)));

  it.each([
    [';', 'a;b\n1;"x,y"\n'],
    ['\t', 'a\tb\n1\tx,y\n'],
    ['|', 'a|b\n1|x,y\n'],
    [',', '"a;;",b\n1,x\n'],
  ])('finds that %j parts its cells', async (delimiter, content) => {
    expect((await read(file(content))).delimiter).toBe(delimiter);
  });

  it('reads UTF-16 by its mark, and Western bytes only when told so', async () => {
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('a,b\n1,é\n', 'utf16le')]);
    expect(values(await read(file(utf16)))).toEqual([{ a: '1', b: 'é' }]);
    const western = file(Buffer.from('a,b\n1,\xe9t\xe9 \x93x\x94 \x80\n', 'latin1'));
    await expect(read(western)).rejects.toThrow('say encoding latin1');
    expect(values(await read(western, { encoding: 'latin1' }))).toEqual([{ a: '1', b: 'été “x” €' }]);
  });

  it.each([
    ['', 'is empty'],
    ['a,b,a\n', 'names a twice'],
    [`a,b\n1,"open\n${'2,x\n'.repeat(300_000)}`, 'is never closed'],
  ])('is refused when nobody can tell what follows: %.20j', async (content, message) => {
    await expect(read(file(content))).rejects.toThrow(message);
  });
});

describe('NDJSON', () => {
  const LINES = '\ufeff{"a":1,"n":12345678901234567890}\n\n{"a":"x\\ny"}\r\n[1]\n{"a":\n{"a":3}';

  it('is read line by line; what is no object is told', async () => {
    const opened = await read(file(LINES, 'ndjson'));
    expect(values(opened)).toEqual([
      { a: 1, n: expect.objectContaining({ source: '12345678901234567890' }) },
      { a: 'x\ny' },
      'is no JSON object',
      expect.stringContaining('is no JSON'),
      { a: 3 },
    ]);
    expect(opened.records.map(({ line }) => line)).toEqual([1, 3, 4, 5, 6]);
  });

  it('is read on from behind any record', () => expectToReadOnFromAnywhere(file(LINES, 'ndjson')));
});

describe('a JSON array', () => {
  const ARRAY = ' [ {"a":1,"b":[1,{"c":"],}"}]},\n {"a":"\\"],[{"} ,{"a":1,},{"a":3}\n]\n';

  it('is read element by element; a broken one costs only itself', async () => {
    expect(values(await read(file(ARRAY, 'json')))).toEqual([
      { a: 1, b: [1, { c: '],}' }] },
      { a: '"],[{' },
      expect.stringContaining('is no JSON'),
      { a: 3 },
    ]);
  });

  it('is read on from behind any record', () => expectToReadOnFromAnywhere(file(ARRAY, 'json')));

  it.each([
    ['[{"a":1},', 'cut off'],
    ['[{"a":1}] x', 'more after the end'],
  ])('%j is refused', async (content, message) => {
    await expect(read(file(content, 'json'))).rejects.toThrow(message);
  });

  it('is told from NDJSON by what it holds', async () => {
    expect((await read(file('{"a":1}\n{"a":2}\n', 'json'))).format).toBe('ndjson');
    expect((await read(file('[{"a":1}]', 'jsonl'))).format).toBe('json');
  });
});
