// One image's way to the site: INIT, APPEND in pieces, FINALIZE, then STATUS until it is processed.
import { get, post } from './api.js';

const URL_PATH = '/i/media/upload.json';
const PIECE = 1 << 20;

const step = (command, fields) => `${URL_PATH}?${new URLSearchParams({ command, ...fields })}`;
const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

// Resolves with the media id once a post may show the image; `progress` hears how much of it has gone, from 0 to 1.
export const upload = async (file, progress) => {
  const begun = await post(step('INIT', { total_bytes: file.size, media_type: file.type, media_category: 'tweet_image' }));
  const media_id = begun.media_id_string;
  for (let at = 0, segment_index = 0; at < file.size; at += PIECE, segment_index++) {
    await post(step('APPEND', { media_id, segment_index }), file.slice(at, at + PIECE), 'application/octet-stream');
    progress(Math.min(1, (at + PIECE) / file.size));
  }
  let state = (await post(step('FINALIZE', { media_id }))).processing_info;
  while (state) {
    await pause(state.check_after_secs);
    state = (await get(step('STATUS', { media_id }))).processing_info;
  }
  return media_id;
};

export const describe = (media_id, text) => post('/i/api/1.1/media/metadata/create.json', { media_id, alt_text: { text } });
