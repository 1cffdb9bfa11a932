// The system's own media controls: lock screens, headphones, keyboards.
export interface Session { title: string; artist: string; album: string; artwork?: string }
export interface SessionActions { play: () => void; pause: () => void; skip: (by: number) => void; seek: (to: number) => void; next?: () => void }

export function announce(session: Session, act: SessionActions) {
  if (!('mediaSession' in navigator)) return;
  const { title, artist, album, artwork } = session;
  navigator.mediaSession.metadata = new MediaMetadata({ title, artist, album, artwork: artwork ? [{ src: artwork }] : [] });
  const on = (action: MediaSessionAction, handler: MediaSessionActionHandler | null) => { try { navigator.mediaSession.setActionHandler(action, handler); } catch { /* not known to this browser */ } };
  on('play', act.play);
  on('pause', act.pause);
  on('seekbackward', (d) => act.skip(-(d.seekOffset ?? 10)));
  on('seekforward', (d) => act.skip(d.seekOffset ?? 10));
  on('seekto', (d) => d.seekTime !== undefined && act.seek(d.seekTime!));
  on('nexttrack', act.next ?? null);
}

export function fallSilent() {
  if ('mediaSession' in navigator) navigator.mediaSession.metadata = null;
}
