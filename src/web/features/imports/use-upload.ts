'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import { z } from 'zod';
import { useSession } from '../../session/session.tsx';

export type UploadKind = 'import' | 'try' | 'parity';

export interface UploadOrder {
  readonly kind: UploadKind;
  readonly file: File;
  readonly mapping: string;
  readonly encoding?: string | undefined;
}

export interface Upload {
  /** Resolves with the id of what was begun; undefined when the server refused, and then `problem` says why. */
  readonly send: (order: UploadOrder) => Promise<string | undefined>;
  /** Share of the file that has been sent, 0 to 1; undefined while nothing is sent. */
  readonly share: number | undefined;
  readonly problem: readonly string[] | undefined;
  readonly forget: () => void;
}

/** What the dialog calls that which is sent; other paths are columns of the file, under their own names. */
const LABELS: Readonly<Record<string, string>> = {
  file: 'File',
  fileName: 'File',
  mapping: 'Mapping',
  encoding: 'Characters',
};

/** All that a browser knows when it is cut off in the middle of sending; an answer that was on its way is lost. */
const CUT_OFF =
  'The connection to the server ended before it had taken the file. Either the server cannot be reached, or it refused the file because its disk has no room for it. Try again; if that does not help, make room there or import the file by the command on the server.';

const taken = z.object({ id: z.string() });
const refused = z.object({
  error: z.string(),
  message: z.string(),
  issues: z.array(z.object({ path: z.string(), message: z.string() })).default([]),
});

/** Sends a file as it lies on the disk. (XMLHttpRequest, because fetch does not tell how much has been sent.) */
export function useUpload(): Upload {
  const workspaceId = useSession().workspace?.id;
  const [share, setShare] = useState<number>();
  const [problem, setProblem] = useState<readonly string[]>();
  const request = useRef<XMLHttpRequest>(undefined);
  useEffect(() => () => request.current?.abort(), []);

  const send = useCallback(
    ({ kind, file, mapping, encoding }: UploadOrder) =>
      new Promise<string | undefined>((resolve) => {
        const query = new URLSearchParams({ kind, mapping, fileName: file.name, ...(encoding && { encoding }) });
        const sending = new XMLHttpRequest();
        request.current = sending;
        setProblem(undefined);
        setShare(0);
        const end = (id: string | undefined, why?: readonly string[]) => {
          setShare(undefined);
          setProblem(why);
          resolve(id);
        };
        sending.open('POST', `/api/admin/imports?${query}`);
        sending.setRequestHeader('Content-Type', 'application/octet-stream');
        if (workspaceId !== undefined) sending.setRequestHeader('x-workspace-id', workspaceId);
        sending.upload.onprogress = ({ loaded, total }) => setShare(total > 0 ? loaded / total : 0);
        sending.onload = () => {
          const answer = jsonOf(sending.responseText);
          const id = taken.safeParse(answer).data?.id;
          end(id, id === undefined ? sentencesOf(answer) : undefined);
        };
        sending.onerror = () => end(undefined, [CUT_OFF]);
        sending.onabort = () => end(undefined);
        sending.send(file);
      }),
    [workspaceId],
  );
  const forget = useCallback(() => {
    request.current?.abort();
    setProblem(undefined);
  }, []);
  return { send, share, problem, forget };
}

function sentencesOf(answer: unknown): readonly string[] {
  const known = refused.safeParse(answer).data;
  if (!known) return ['The server did not answer as it should. Try again.'];
  if (known.issues.length === 0) return [known.message];
  // `error` is the sentence alone; `message` would tell the first of the issues a second time.
  return [
    known.error,
    ...known.issues.map(({ path, message }) => (path ? `${LABELS[path] ?? path}: ${message}` : message)),
  ];
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
