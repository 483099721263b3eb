import { useEffect, useState } from 'preact/hooks';
import { asFailure, type Failure, post } from '../../api/client';
import type { ReleasePreviewJson } from '../../../contract/release';
import { listen } from '../../live';

/** A pause in typing. */
const debounceMs = 300;

export interface Preview {
  readonly value: ReleasePreviewJson | null;
  readonly failure: Failure | null;
  /** Whether it answers the previous request, because the next answer has not arrived. */
  readonly isOld: boolean;
}

/**
 * What a release would do, asked again when the request or the current releases change.
 * @param request `null` while it is incomplete
 */
export function usePreview(request: object | null): Preview {
  const question = request === null ? null : JSON.stringify(request);
  const [answer, setAnswer] = useState<Omit<Preview, 'isOld'> & { readonly question: string | null }>({
    question: null,
    value: null,
    failure: null,
  });
  const [round, setRound] = useState(0);
  useEffect(
    () =>
      listen((events) => {
        if (events.some(({ kind }) => /^(release|rollout)\./.test(kind))) setRound((n) => n + 1);
      }),
    [],
  );
  useEffect(() => {
    if (question === null) return;
    const cancel = new AbortController();
    const ask = async () => {
      try {
        const value = await post<ReleasePreviewJson>(
          '/api/releases/preview',
          JSON.parse(question) as object,
          cancel.signal,
        );
        if (!cancel.signal.aborted) setAnswer({ question, value, failure: null });
      } catch (error) {
        if (!cancel.signal.aborted) setAnswer({ question, value: null, failure: asFailure(error) });
      }
    };
    const timer = setTimeout(() => void ask(), debounceMs);
    return () => {
      clearTimeout(timer);
      cancel.abort();
    };
  }, [question, round]);
  if (question === null) return { value: null, failure: null, isOld: false };
  return { value: answer.value, failure: answer.failure, isOld: answer.question !== question };
}
