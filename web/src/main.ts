import { mount } from 'svelte';
import './app.css';
import App from './App.svelte';
import { appConfig, categories, categoryContents } from './lib/api';
import { startLanguage } from './lib/i18n.svelte';
import { startRouter } from './lib/router.svelte';
import { startSpatial } from './lib/spatial';

startLanguage();
if (new URLSearchParams(location.search).has('tv') || sessionStorage.getItem('marquee.tv')) {
  sessionStorage.setItem('marquee.tv', '1');
  document.documentElement.classList.add('tv');
}
// The home page needs both before it can paint; ask while the components are still being set up. Errors are shown by the page.
appConfig().catch(() => {});
if (location.pathname === '/') categories().then((all) => all[0] && categoryContents(all[0].slug)).catch(() => {});
startRouter();
startSpatial();
mount(App, { target: document.getElementById('app')! });
