// One fetch, and what a failed call is.

/** A failed call. `code` is the server's token, or OFFLINE when nothing answered. */
export class ApiError extends Error {
  constructor(readonly status: number, readonly code: string, message: string, readonly requestId: string | null = null, readonly fields: Record<string, string> = {}) {
    super(message);
  }
}

export async function fetchJson(url: string, init?: RequestInit): Promise<{ response: Response; body: any }> {
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch (error) {
    if (init?.signal?.aborted) throw error; // nobody waits for it any more
    throw new ApiError(0, 'OFFLINE', '');
  }
  const body = await response.json().catch(() => null);
  return { response, body };
}

/** The failure in an answer, with a sentence for each field at fault. */
export function failure(response: Response, body: any): ApiError {
  const text = body?.messages?.__default?.title ?? body?.title ?? '';
  const fields: Record<string, string> = {};
  for (const [name, entry] of Object.entries(body?.messages ?? {})) if (name !== '__default') fields[name] = (entry as { title?: string })?.title ?? '';
  return new ApiError(response.status, body?.code ?? 'INTERNAL_ERROR', text, response.headers.get('x-request-id'), fields);
}
