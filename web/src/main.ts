import { mount } from 'svelte';
import './app.css';
import App from './App.svelte';
import { appConfig } from './lib/api';
import { browserRows, coverOf } from './lib/home';
import { startLanguage } from './lib/i18n.svelte';
import { startRouter } from './lib/router.svelte';
import { slidesOf } from './lib/slides';
import { startSpatial } from './lib/spatial';

startLanguage();
if (new URLSearchParams(location.search).has('tv') || sessionStorage.getItem('marquee.tv')) {
  sessionStorage.setItem('marquee.tv', '1');
  document.documentElement.classList.add('tv');
}
// The home page needs these before it can paint; ask while the components are still being set up. Errors are shown by the page.
appConfig().catch(() => {});
if (location.pathname === '/') {
  coverOf('home').then((cover) => { const first = cover && slidesOf(cover)[0]?.image; if (first) new Image().src = first; }, () => {});
  browserRows().catch(() => {});
}
startRouter();
startSpatial();
mount(App, { target: document.getElementById('app')! });
